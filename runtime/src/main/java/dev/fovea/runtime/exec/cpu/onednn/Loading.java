package dev.fovea.runtime.exec.cpu.onednn;

import dev.fovea.dsl.run.UserCache;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Opens the library, once in the life of a process.
///
/// @param symbols its functions; null if it could not be opened
/// @param reason why it could not; empty if it could
/// @param x86 whether the processor's features are numbered as those of x86
@SuppressWarnings("restricted") // calling native code is what this class is for
record Loading(@Nullable SymbolLookup symbols, String reason, boolean x86) {
    private static final String TITLE = "onednn";

    /// Unpacks and opens the library of this platform.
    ///
    /// @param environment variables of the process, which say where the user's cache is
    static Loading load(Map<String, String> environment) {
        String system = System.getProperty("os.name", "");
        String processor = System.getProperty("os.arch", "");
        Platform platform = Platform.of(system, processor).orElse(null);
        if (platform == null) {
            return missing("there is no build of it for " + Platform.nameOf(system, processor));
        }
        if (!Loading.class.getModule().isNativeAccessEnabled()) {
            return missing("the JVM was started without --enable-native-access=ALL-UNNAMED");
        }
        try {
            List<NativeFiles.Source> sources = new ArrayList<>();
            for (String file : platform.files()) {
                NativeFiles.Source source = NativeFiles.Source.find(platform.resource(file));
                if (source == null) {
                    return missing("its jar for " + platform.name() + " is not part of this installation");
                }
                sources.add(source);
            }
            oneThreadEach();
            return open(platform, sources, UserCache.folder(environment).resolve("native"));
        } catch (IOException e) {
            return missing(e.toString());
        }
    }

    private static Loading missing(String reason) {
        return new Loading(null, reason, false);
    }

    /// From the cache, or, where that cannot be written or its files not be opened, from a folder of this process.
    private static Loading open(Platform platform, List<NativeFiles.Source> sources, Path cache) {
        String title = TITLE + "-" + platform.name();
        String first;
        try {
            return opened(platform, NativeFiles.inCache(cache, title, sources));
        } catch (IOException | IllegalArgumentException e) {
            first = text(e);
        }
        Path own = null;
        try {
            own = NativeFiles.inPrivate(title, sources);
            return opened(platform, own);
        } catch (IOException | IllegalArgumentException e) {
            return missing(first + "; nor from the folder for temporary files: " + text(e));
        } finally {
            if (own != null) {
                NativeFiles.remove(own); // what is open stays open
            }
        }
    }

    private static String text(Exception e) {
        return e instanceof IOException ? e.toString() : String.valueOf(e.getMessage());
    }

    private static Loading opened(Platform platform, Path folder) {
        SymbolLookup last = SymbolLookup.loaderLookup();
        for (String file : platform.files()) {
            last = SymbolLookup.libraryLookup(folder.resolve(file), Arena.global());
        }
        return new Loading(last, "", platform.x86());
    }

    /// Tells the library's threads' runtime to make none: the number is kept for each calling thread, and only
    /// this variable, set before the runtime is opened, reaches all of them. The work is divided over our own
    /// team.
    private static void oneThreadEach() {
        Linker linker = Linker.nativeLinker();
        MethodHandle set = linker.downcallHandle(
                linker.defaultLookup().findOrThrow("setenv"),
                FunctionDescriptor.of(
                        ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.JAVA_INT));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = arena.allocateFrom("OMP_NUM_THREADS");
            MemorySegment value = arena.allocateFrom("1");
            int status = (int) set.invokeExact(name, value, 1);
            if (status != 0) {
                throw new IllegalStateException("setenv: " + status);
            }
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }
}
