package dev.fovea.dsl.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// Folders as a whole.
public final class Directories {
    private Directories() {}

    /// Deletes a folder and all it holds, if it is there; links are removed, not followed.
    public static void delete(FileSteps steps, Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        List<Path> deepestFirst;
        try (Stream<Path> all = Files.walk(folder)) {
            deepestFirst = all.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : deepestFirst) {
            steps.delete(path);
        }
    }

    static void deleteQuietly(Path folder, Exception failure) {
        try {
            delete(FileSteps.real(), folder);
        } catch (IOException second) {
            failure.addSuppressed(second);
        }
    }
}
