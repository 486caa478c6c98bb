package dev.fovea.runtime.memory;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.ManagementFactory;

/// Settings of this Java machine's heap.
public final class JavaHeap {
    /// Taken where the young generation has no bound of its own, or an immense one.
    private static final long USUAL_YOUNG = 256L << 20;

    private JavaHeap() {}

    /// The most bytes that young objects take.
    public static long young() {
        HotSpotDiagnosticMXBean bean = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
        try {
            return Math.min(
                    USUAL_YOUNG, Long.parseLong(bean.getVMOption("MaxNewSize").getValue()));
        } catch (IllegalArgumentException | NullPointerException _) { // another Java machine
            return USUAL_YOUNG;
        }
    }

    /// The most bytes that all objects may take.
    public static long most() {
        return Runtime.getRuntime().maxMemory();
    }
}
