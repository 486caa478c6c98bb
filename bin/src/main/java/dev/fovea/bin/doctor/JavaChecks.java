package dev.fovea.bin.doctor;

import dev.fovea.bin.terminal.Quantities;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.lang.management.ManagementFactory;
import java.util.List;

/// The JVM: its version, the flags that fovea needs, the width of its vectors, its heap.
public final class JavaChecks {
    private static final int FEATURE = 25;
    private static final String LAUNCHER = "start through bin/fovea, which sets the flags";

    private JavaChecks() {}

    /// Everything about the JVM.
    public static List<Check> all() {
        return List.of(
                version(Runtime.version()),
                flags(ManagementFactory.getRuntimeMXBean().getInputArguments()),
                vectors(),
                heap(),
                pictures());
    }

    static Check version(Runtime.Version version) {
        String fact = version + " in " + System.getProperty("java.home");
        return version.feature() == FEATURE
                ? Check.good("java", fact)
                : Check.bad("java", fact, "fovea needs JDK 25: set FOVEA_JAVA_HOME");
    }

    static Check flags(List<String> given) {
        boolean arrow = given.stream().anyMatch(flag -> flag.startsWith("--add-opens=java.base/java.nio="));
        boolean natives = given.stream().anyMatch(flag -> flag.startsWith("--enable-native-access="));
        if (arrow && natives) {
            return Check.good("flags", "native access and java.nio are open");
        }
        return Check.bad("flags", natives ? "java.nio is not open, which Arrow needs" : "no native access", LAUNCHER);
    }

    private static Check vectors() {
        if (ModuleLayer.boot().findModule("jdk.incubator.vector").isEmpty()) {
            return Check.bad("vectors", "the module jdk.incubator.vector is not loaded", LAUNCHER);
        }
        int bits = VectorWidth.bits();
        String fact = bits + " bits, " + bits / Float.SIZE + " floats at once";
        return bits >= 256
                ? Check.good("vectors", fact)
                : Check.note("vectors", fact, "training is slow without 256-bit vectors");
    }

    private static Check heap() {
        long bytes = Runtime.getRuntime().maxMemory();
        String fact = Quantities.bytes(bytes) + " at most";
        return bytes >= 512L << 20
                ? Check.good("heap", fact)
                : Check.note("heap", fact, "give more with FOVEA_JAVA_OPTS=-Xmx2g");
    }

    private static Check pictures() {
        try {
            BufferedImage image = new BufferedImage(8, 8, BufferedImage.TYPE_INT_ARGB);
            Graphics2D graphics = image.createGraphics();
            graphics.fillOval(0, 0, 8, 8);
            graphics.dispose();
            return Check.good("pictures", "can be drawn without a display");
        } catch (RuntimeException | LinkageError e) {
            return Check.bad("pictures", "cannot be drawn: " + e, "install a JDK that is not headless-only");
        }
    }
}
