package dev.fovea.bin;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/// Undoes the launcher's filter: it starts Java with standard error going through a filter that swallows the JVM's
/// line about incubator modules, and leaves the real one on another descriptor.
final class StandardError {
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;

    private StandardError() {}

    /// Puts the descriptor named by the system property `fovea.stderr` back in the place of standard error.
    /// Without that property nothing happens; where it fails, output goes on through the filter.
    static void restore() {
        Integer real = Integer.getInteger("fovea.stderr");
        if (real == null) {
            return;
        }
        try {
            MethodHandle dup2 = function("dup2", FunctionDescriptor.of(INT, INT, INT));
            MethodHandle close = function("close", FunctionDescriptor.of(INT, INT));
            if ((int) dup2.invokeExact(real.intValue(), 2) == 2 && (int) close.invokeExact(real.intValue()) != 0) {
                System.err.println("fovea: descriptor " + real + " stays open");
            }
        } catch (Throwable e) {
            System.err.println("fovea: standard error stays filtered: " + e);
        }
    }

    @SuppressWarnings("restricted") // calls two functions of the C library with plain numbers
    private static MethodHandle function(String name, FunctionDescriptor type) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), type);
    }
}
