package dev.fovea.reports.plot;

import dev.fovea.dsl.run.AtomicFiles;
import dev.fovea.dsl.run.StoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/// Writes pictures into folders that may not be there yet.
final class Pictures {
    private Pictures() {}

    /// @throws StoreException if the file cannot be written; an older one is then untouched
    static void write(Path file, byte[] content) {
        Path folder = Objects.requireNonNull(file.toAbsolutePath().getParent(), "a file lies in a folder");
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw StoreException.of("create", folder, e);
        }
        AtomicFiles.write(file, content);
    }
}
