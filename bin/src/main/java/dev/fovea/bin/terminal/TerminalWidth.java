package dev.fovea.bin.terminal;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Locale;
import java.util.function.IntSupplier;

/// The present width of the terminal behind standard error, which changes when its window does.
public final class TerminalWidth {
    private static final long LINUX = 0x5413;
    private static final long MACOS = 0x40087468;
    private static final int COLUMNS_AT = 1;

    private TerminalWidth() {}

    /// Asks the terminal each time; where it does not answer, the width known at the start stands.
    ///
    /// @param atStart width known at the start
    public static IntSupplier of(int atStart) {
        try {
            MethodHandle ioctl = ioctl();
            return () -> ask(ioctl, atStart);
        } catch (RuntimeException | LinkageError _) {
            return () -> atStart;
        }
    }

    /// TIOCGWINSZ fills a `struct winsize` of four unsigned shorts: rows, columns, and two sizes in pixels.
    private static int ask(MethodHandle ioctl, int atStart) {
        String system = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment size = arena.allocate(ValueLayout.JAVA_SHORT, 4);
            int answer = (int) ioctl.invokeExact(2, system.contains("mac") ? MACOS : LINUX, size);
            int columns = Short.toUnsignedInt(size.getAtIndex(ValueLayout.JAVA_SHORT, COLUMNS_AT));
            return answer == 0 && columns > 0 ? columns : atStart;
        } catch (Throwable _) {
            return atStart;
        }
    }

    @SuppressWarnings("restricted") // one call of the C library that reads the size of a window
    private static MethodHandle ioctl() {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(
                linker.defaultLookup().findOrThrow("ioctl"),
                FunctionDescriptor.of(
                        ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.ADDRESS),
                Linker.Option.firstVariadicArg(2));
    }
}
