package dev.fovea.bin;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/// Undoes the launcher's filter: it starts Java with standard error going through a filter that swallows the JVM's
/// line about incubator modules, and leaves the real one on another descriptor.
final class StandardError {
    private StandardError() {}

    /// Puts the descriptor named by the system property `fovea.stderr` back in the place of standard error.
    /// Without that property nothing happens; where it fails, output goes on through the filter.
    static void restore() {
        Integer real = Integer.getInteger("fovea.stderr");
        if (real == null) {
            return;
        }
        Linker linker = Linker.nativeLinker();
        try {
            MethodHandle dup2 = linker.downcallHandle(
                    linker.defaultLookup().findOrThrow("dup2"),
                    FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
            MethodHandle close = linker.downcallHandle(
                    linker.defaultLookup().findOrThrow("close"),
                    FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
            int made = (int) dup2.invokeExact(real.intValue(), 2);
            if (made == 2) {
                int _ = (int) close.invokeExact(real.intValue());
            }
        } catch (Throwable e) {
            System.err.println("fovea: standard error stays filtered: " + e);
        }
    }
}
