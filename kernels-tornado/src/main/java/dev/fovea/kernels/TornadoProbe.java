package dev.fovea.kernels;

import java.lang.reflect.InvocationTargetException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Finds out whether TornadoVM can be used, without compiling against it: by the environment, the files of its SDK,
/// and reflection on its API.
public final class TornadoProbe {
    private static final String PLAN = "uk.ac.manchester.tornado.api.TornadoExecutionPlan";

    private TornadoProbe() {}

    /// What was found.
    public sealed interface Finding permits Usable, Missing {}

    /// TornadoVM runs and sees devices.
    ///
    /// @param sdk folder of the SDK
    /// @param devices a line for each device, such as `opencl: NVIDIA H100`
    public record Usable(Path sdk, List<String> devices) implements Finding {}

    /// TornadoVM cannot be used.
    ///
    /// @param fact the first thing that is missing
    /// @param hint what would put it right
    public record Missing(String fact, String hint) implements Finding {
        /// Both in one line.
        public String line() {
            return fact + "; " + hint;
        }
    }

    /// Looks for an SDK, its API in this JVM, and a device, in this order.
    ///
    /// @param environment variables of the process, of which `TORNADOVM_HOME` counts
    /// @param classes where TornadoVM's classes would be
    public static Finding probe(Map<String, String> environment, ClassLoader classes) {
        String home = environment.getOrDefault("TORNADOVM_HOME", "");
        if (home.isBlank()) {
            return new Missing(
                    "TORNADOVM_HOME is not set",
                    "install a TornadoVM SDK 5.2.0 for JDK 25 and set TORNADOVM_HOME to its folder");
        }
        Path sdk = Path.of(home);
        if (!Files.isDirectory(sdk)) {
            return new Missing("TORNADOVM_HOME names no folder: " + sdk, "set it to the folder of a TornadoVM SDK");
        }
        if (!Files.isReadable(sdk.resolve("tornado-argfile"))) {
            return new Missing(
                    "no file tornado-argfile in " + sdk, "TORNADOVM_HOME must be a complete TornadoVM SDK for JDK 25");
        }
        return probeApi(sdk, classes);
    }

    private static Finding probeApi(Path sdk, ClassLoader classes) {
        try {
            Class<?> plan = Class.forName(PLAN, true, classes);
            Object map = plan.getMethod("getTornadoDeviceMap").invoke(null);
            List<String> devices = devices(map);
            return devices.isEmpty()
                    ? new Missing(
                            "TornadoVM finds no device",
                            "check the driver with: java @" + sdk + "/tornado-argfile"
                                    + " -m tornado.drivers.common/uk.ac.manchester.tornado.drivers.TornadoDeviceQuery")
                    : new Usable(sdk, devices);
        } catch (ClassNotFoundException _) {
            return new Missing(
                    "TornadoVM's classes are not in this JVM",
                    "start through bin/fovea, which adds " + sdk + "/tornado-argfile");
        } catch (InvocationTargetException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            return new Missing("TornadoVM does not start: " + cause, "check that the SDK fits this JDK and driver");
        } catch (ReflectiveOperationException | LinkageError e) {
            return new Missing("TornadoVM's API is not the expected one: " + e, "use the SDK 5.2.0 for JDK 25");
        }
    }

    private static List<String> devices(Object map) throws ReflectiveOperationException {
        List<String> devices = new ArrayList<>();
        for (Object backend : (List<?>) call(map, "getAllBackends")) {
            String name = String.valueOf(call(backend, "getName"));
            for (Object device : (List<?>) call(backend, "getAllDevices")) {
                devices.add(name + ": " + device);
            }
        }
        return devices;
    }

    private static Object call(Object target, String method) throws ReflectiveOperationException {
        return target.getClass().getMethod(method).invoke(target);
    }
}
