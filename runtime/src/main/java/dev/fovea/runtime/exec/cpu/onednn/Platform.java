package dev.fovea.runtime.exec.cpu.onednn;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// An operating system and processor for which the build takes a jar with oneDNN.
///
/// @param name as in the jar's classifier
/// @param files the libraries in the order in which they are opened: the threads' runtime, then oneDNN, which
///     asks for it by name
record Platform(String name, List<String> files) {
    private static final String FOLDER = "/org/bytedeco/dnnl/";
    private static final List<Platform> ALL = List.of(
            new Platform("linux-x86_64", List.of("libgomp.so.1", "libdnnl.so.3")),
            new Platform("linux-arm64", List.of("libgomp.so.1", "libdnnl.so.3")),
            new Platform("macosx-x86_64", List.of("libiomp5.dylib", "libdnnl.3.dylib")),
            new Platform("macosx-arm64", List.of("libomp.dylib", "libdnnl.3.dylib")));

    /// The platform of the system properties `os.name` and `os.arch`.
    static Optional<Platform> of(String system, String processor) {
        String name = nameOf(system, processor);
        return ALL.stream().filter(platform -> platform.name.equals(name)).findFirst();
    }

    /// What a platform would be called, known or not.
    static String nameOf(String system, String processor) {
        String plain = system.toLowerCase(Locale.ROOT);
        String first = plain.startsWith("mac") ? "macosx" : plain.replaceAll("[^a-z0-9].*", "");
        String second = switch (processor) {
            case "amd64", "x86_64" -> "x86_64";
            case "aarch64", "arm64" -> "arm64";
            default -> processor;
        };
        return first + "-" + second;
    }

    /// The resource that holds a library.
    String resource(String file) {
        return FOLDER + name + "/" + file;
    }

    /// Whether the numbers of processor features are those of x86.
    boolean x86() {
        return name.endsWith("x86_64");
    }
}
