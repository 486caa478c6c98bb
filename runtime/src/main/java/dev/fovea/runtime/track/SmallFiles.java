package dev.fovea.runtime.track;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/// The files of a run folder that go along with its metrics: specs, environment, tables and pictures.
/// Checkpoints stay
/// where they are.
final class SmallFiles {
    static final long LARGEST = 8L << 20;

    private static final List<String> AT_THE_TOP = List.of("spec.yaml", "resolved.yaml", "environment.json");
    private static final Set<String> KINDS = Set.of("svg", "png", "md", "csv", "json", "txt", "html", "yaml");

    private SmallFiles() {}

    static List<Path> of(Path runFolder) {
        List<Path> files = new ArrayList<>();
        AT_THE_TOP.stream().map(runFolder::resolve).filter(SmallFiles::isSmall).forEach(files::add);
        Path results = runFolder.resolve("results");
        if (Files.isDirectory(results)) {
            try (Stream<Path> all = Files.walk(results, 3)) {
                all.filter(SmallFiles::isShown)
                        .filter(SmallFiles::isSmall)
                        .sorted()
                        .forEach(files::add);
            } catch (IOException unreadable) {
                // What cannot be listed cannot be sent; the metrics matter more.
            }
        }
        return files;
    }

    private static boolean isShown(Path file) {
        String name = file.getFileName().toString();
        return !name.startsWith(".")
                && KINDS.contains(name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT));
    }

    private static boolean isSmall(Path file) {
        try {
            return Files.isRegularFile(file) && Files.size(file) <= LARGEST;
        } catch (IOException vanished) {
            return false;
        }
    }
}
