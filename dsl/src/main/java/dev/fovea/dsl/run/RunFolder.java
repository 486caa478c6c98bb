package dev.fovea.dsl.run;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// The folder of one run, `<root>/<key>/`. Its files are described in `docs/guide/run-folder.md`.
public final class RunFolder {
    private static final Pattern KEY = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_-]{0,127}");
    private static final Pattern VERSION = Pattern.compile("f\\d+-");

    private final Path path;
    private final String key;

    private RunFolder(Path path, String key) {
        this.path = path;
        this.key = key;
    }

    /// Makes the folder of a run, whole or not at all. If it is there already it is left as it is.
    ///
    /// @param root folder of all runs, made if needed
    /// @param key run key
    /// @param spec the spec as the user wrote it
    /// @param resolved the resolved spec
    /// @throws StoreException if the folder cannot be written
    public static RunFolder create(Path root, String key, String spec, String resolved) {
        return create(FileSteps.real(), root, key, spec, resolved);
    }

    static RunFolder create(FileSteps steps, Path root, String key, String spec, String resolved) {
        if (!KEY.matcher(key).matches()) {
            throw new IllegalArgumentException("'" + key + "' cannot name a run folder");
        }
        Path folder = root.resolve(key);
        Path beside = AtomicFiles.beside(folder);
        try {
            Files.createDirectories(root);
            if (Files.isDirectory(folder)) {
                return new RunFolder(folder, key);
            }
            fill(steps, beside, spec, resolved);
            steps.move(beside, folder);
            steps.forceDirectory(root);
        } catch (IOException failure) {
            Directories.deleteQuietly(beside, failure);
            if (!Files.isDirectory(folder)) {
                throw StoreException.of("create", folder, failure);
            }
        }
        return new RunFolder(folder, key);
    }

    private static void fill(FileSteps steps, Path folder, String spec, String resolved) throws IOException {
        steps.createDirectory(folder);
        steps.createDirectory(folder.resolve("checkpoints"));
        steps.createDirectory(folder.resolve("results"));
        steps.createDirectory(folder.resolve("leases"));
        byte[] text = spec.getBytes(StandardCharsets.UTF_8);
        AtomicFiles.writeNew(steps, folder.resolve("spec.yaml"), out -> out.write(text));
        byte[] all = resolved.getBytes(StandardCharsets.UTF_8);
        AtomicFiles.writeNew(steps, folder.resolve("resolved.yaml"), out -> out.write(all));
        AtomicFiles.writeNew(steps, folder.resolve("journal"), _ -> {});
        steps.forceDirectory(folder);
    }

    /// Finds a run by its key or by the beginning of its key; `f2-` may be left out.
    ///
    /// @throws StoreException if several keys begin so
    public static Optional<RunFolder> find(Path root, String keyOrPrefix) {
        if (!KEY.matcher(keyOrPrefix).matches()) {
            return Optional.empty();
        }
        List<RunFolder> all = list(root);
        Optional<RunFolder> exact =
                all.stream().filter(run -> run.key.equals(keyOrPrefix)).findFirst();
        if (exact.isPresent()) {
            return exact;
        }
        List<RunFolder> found = all.stream()
                .filter(run -> run.key.startsWith(keyOrPrefix)
                        || VERSION.matcher(run.key).replaceFirst("").startsWith(keyOrPrefix))
                .toList();
        if (found.size() > 1) {
            List<String> keys = found.stream().map(RunFolder::key).limit(5).toList();
            throw new StoreException("%s: %d runs begin with '%s': %s%s; give more of the key"
                    .formatted(
                            root, found.size(), keyOrPrefix, String.join(", ", keys), found.size() > 5 ? ", ..." : ""));
        }
        return found.stream().findFirst();
    }

    /// All runs under a root, sorted by key; none if the root does not exist.
    ///
    /// @throws StoreException if the root cannot be read
    public static List<RunFolder> list(Path root) {
        if (!Files.exists(root)) {
            return List.of();
        }
        try (Stream<Path> folders = Files.list(root)) {
            return folders.filter(folder -> Files.isRegularFile(folder.resolve("resolved.yaml")))
                    .filter(folder ->
                            KEY.matcher(folder.getFileName().toString()).matches())
                    .map(folder -> new RunFolder(folder, folder.getFileName().toString()))
                    .sorted((a, b) -> a.key.compareTo(b.key))
                    .toList();
        } catch (IOException failure) {
            throw StoreException.of("read", root, failure);
        }
    }

    /// Run key.
    public String key() {
        return key;
    }

    /// The folder.
    public Path path() {
        return path;
    }

    /// The spec as the user wrote it.
    public Path specFile() {
        return path.resolve("spec.yaml");
    }

    /// The resolved spec.
    public Path resolvedFile() {
        return path.resolve("resolved.yaml");
    }

    /// Machine, software and code of the last attempt.
    public Path environmentFile() {
        return path.resolve("environment.json");
    }

    /// What happened, in order; see [Journal].
    public Path journalFile() {
        return path.resolve("journal");
    }

    /// A copy of [#state()] for people and scripts; the journal is the truth.
    public Path statusFile() {
        return path.resolve("status.json");
    }

    /// Folder of the checkpoints.
    public Path checkpoints() {
        return path.resolve("checkpoints");
    }

    /// Folder of tables and pictures.
    public Path results() {
        return path.resolve("results");
    }

    /// Claims the folder for writing, and removes half-written files that a killed process has left in it.
    ///
    /// @throws StoreException if another process holds it; the message names it
    public RunLease claim() {
        RunLease lease = RunLease.claim(path);
        removeParts(path);
        removeParts(results());
        return lease;
    }

    private static void removeParts(Path folder) {
        try (DirectoryStream<Path> parts = Files.newDirectoryStream(folder, ".*.part")) {
            for (Path part : parts) {
                Files.deleteIfExists(part);
            }
        } catch (IOException | DirectoryIteratorException _) {
            // They are only in the way of order; whoever cannot write here hears of it at the first write.
        }
    }

    /// The live process that writes into the folder.
    public Optional<Owner> holder() {
        return RunLease.holder(path);
    }

    /// All complete entries of the journal.
    ///
    /// @throws StoreException if the journal cannot be read
    public List<JournalEntry> entries() {
        return JournalReader.read(journalFile(), 0).values();
    }

    /// Where the run stands.
    ///
    /// @throws StoreException if the journal cannot be read
    public RunState state() {
        return RunState.of(entries(), holder().isPresent());
    }

    /// Writes [#statusFile()] from the journal.
    ///
    /// @throws StoreException if it cannot be written
    public void writeStatus() {
        AtomicFiles.write(statusFile(), StatusJson.text(key, state()));
    }

    @Override
    public String toString() {
        return path.toString();
    }
}
