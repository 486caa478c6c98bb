package dev.fovea.runtime.store;

import dev.fovea.dsl.run.AtomicFiles;
import dev.fovea.dsl.run.Directories;
import dev.fovea.dsl.run.FileSteps;
import dev.fovea.dsl.run.StoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// The checkpoints of a run: folders `step-00001200` with `model.safetensors` (parameters), `state.safetensors`
/// (optimizer
/// moments) and `state.json`.
///
/// A checkpoint is written beside, fsynced and renamed as a whole, and only then are older ones removed; so
/// whenever
/// the
/// process or the machine dies, the newest complete one is whole. A second checkpoint of one step gets a suffix,
/// `-2`.
public final class Checkpoints {
    private static final Pattern NAME = Pattern.compile("step-(\\d{8,18})(?:-(\\d{1,9}))?");

    private final FileSteps steps;
    private final Path folder;
    private final String key;
    private final int keep;
    private final Consumer<String> notes;

    private record Named(Path path, long step, int version) {
        static final Comparator<Named> NEWEST_FIRST = Comparator.comparingLong(Named::step)
                .thenComparingInt(Named::version)
                .reversed();
    }

    /// @param folder the run's folder of checkpoints; it exists
    /// @param key run key
    /// @param keep how many to keep, at least 1
    /// @param notes hears of damaged checkpoints that are passed over, and of old ones that cannot be removed
    public Checkpoints(Path folder, String key, int keep, Consumer<String> notes) {
        this(FileSteps.real(), folder, key, keep, notes);
    }

    Checkpoints(FileSteps steps, Path folder, String key, int keep, Consumer<String> notes) {
        if (keep < 1) {
            throw new IllegalArgumentException("keep " + keep + " is below 1");
        }
        this.steps = steps;
        this.folder = folder;
        this.key = key;
        this.keep = keep;
        this.notes = notes;
    }

    /// Writes a checkpoint and removes those that are no longer kept: all but the newest few, and those of later
    /// steps,
    /// which an abandoned attempt has left.
    ///
    /// @param state what is stored besides tensors; its key is this run's
    /// @param model parameters by name
    /// @param optimizer optimizer moments by name
    /// @return the new checkpoint
    /// @throws StoreException if it cannot be written; the checkpoints before are then untouched
    public Checkpoint write(
            TrainingState state, SequencedMap<String, TensorView> model, SequencedMap<String, TensorView> optimizer) {
        if (!state.key().equals(key)) {
            throw new IllegalArgumentException("a state of " + state.key() + " among the checkpoints of " + key);
        }
        Path place = freePlace(state.step());
        Path beside = AtomicFiles.beside(place);
        try {
            removeParts();
            fill(beside, state, model, optimizer);
            steps.move(beside, place);
            steps.forceDirectory(folder);
        } catch (IOException failure) {
            removeQuietly(beside, failure);
            throw StoreException.of("write", place, failure);
        }
        prune(state.step());
        return new Checkpoint(place, state);
    }

    /// The newest undamaged checkpoint of this run; every newer one is passed over with a note.
    ///
    /// @return nothing if there is none
    /// @throws StoreException if the folder cannot be read
    public Optional<Checkpoint> latest() {
        for (Named named : all()) {
            try {
                return Optional.of(read(named.path));
            } catch (StoreException problem) {
                notes.accept("checkpoint " + named.path.getFileName() + " passed over: " + problem.getMessage());
            }
        }
        return Optional.empty();
    }

    /// Reads and verifies one checkpoint.
    ///
    /// @throws StoreException if it is damaged or belongs to another run
    public Checkpoint read(Path checkpoint) {
        TrainingState state = CheckpointJson.readVerified(checkpoint);
        if (!state.key().equals(key)) {
            throw new StoreException(checkpoint + ": belongs to run " + state.key() + ", not to " + key);
        }
        return new Checkpoint(checkpoint, state);
    }

    /// Folders of all checkpoints, newest first, damaged ones included.
    ///
    /// @throws StoreException if the folder cannot be read
    public List<Path> folders() {
        return all().stream().map(Named::path).toList();
    }

    private List<Named> all() {
        try (Stream<Path> files = Files.list(folder)) {
            return files.flatMap(path -> named(path).stream())
                    .sorted(Named.NEWEST_FIRST)
                    .toList();
        } catch (NoSuchFileException _) {
            return List.of();
        } catch (IOException failure) {
            throw StoreException.of("read", folder, failure);
        }
    }

    private static Optional<Named> named(Path path) {
        Matcher name = NAME.matcher(String.valueOf(path.getFileName()));
        if (!name.matches()) {
            return Optional.empty();
        }
        int version = name.group(2) == null ? 1 : Integer.parseInt(name.group(2));
        return Optional.of(new Named(path, Long.parseLong(name.group(1)), version));
    }

    private Path freePlace(long step) {
        int version = all().stream()
                .filter(named -> named.step == step)
                .mapToInt(Named::version)
                .max()
                .orElse(0);
        String name = "step-%08d".formatted(step);
        return folder.resolve(version == 0 ? name : name + "-" + (version + 1));
    }

    private void fill(
            Path beside,
            TrainingState state,
            SequencedMap<String, TensorView> model,
            SequencedMap<String, TensorView> optimizer)
            throws IOException {
        steps.createDirectory(beside);
        SequencedMap<String, String> digests = new LinkedHashMap<>();
        digests.put(Checkpoint.MODEL, writeTensors(beside.resolve(Checkpoint.MODEL), model));
        digests.put(Checkpoint.OPTIMIZER, writeTensors(beside.resolve(Checkpoint.OPTIMIZER), optimizer));
        byte[] json = CheckpointJson.write(state, digests);
        AtomicFiles.writeNew(steps, beside.resolve(Checkpoint.STATE), out -> out.write(json));
        steps.forceDirectory(beside);
    }

    /// Writes tensors and returns the file's digest.
    private String writeTensors(Path file, SequencedMap<String, TensorView> tensors) throws IOException {
        // Loaders of the PyTorch world ask for this format tag.
        SafetensorsWriter writer = new SafetensorsWriter().metadata("format", "pt");
        tensors.forEach(writer::add);
        MessageDigest digest = Digests.start();
        AtomicFiles.writeNew(steps, file, out -> writer.writeTo(new DigestOutputStream(out, digest)));
        return Digests.finish(digest);
    }

    private void prune(long newest) {
        int kept = 0;
        for (Named named : all()) {
            if (named.step > newest || ++kept > keep) {
                remove(named.path);
            }
        }
    }

    /// Renames first, so that a half-removed checkpoint never looks like one. What cannot be removed now, because a
    /// reader on a network file system has it open, is removed with the next checkpoint.
    private void remove(Path checkpoint) {
        Path beside = AtomicFiles.beside(checkpoint);
        try {
            steps.move(checkpoint, beside);
            Directories.delete(steps, beside);
        } catch (IOException failure) {
            notes.accept(String.valueOf(
                    StoreException.of("delete", checkpoint, failure).getMessage()));
        }
    }

    /// Removes what a killed process, or a failed removal, has left.
    private void removeParts() throws IOException {
        List<Path> parts;
        try (Stream<Path> files = Files.list(folder)) {
            parts = files.filter(path -> path.getFileName().toString().matches("\\.step-.*\\.part"))
                    .sorted()
                    .toList();
        }
        for (Path part : parts) {
            try {
                Directories.delete(steps, part);
            } catch (IOException failure) {
                notes.accept(String.valueOf(
                        StoreException.of("delete", part, failure).getMessage()));
            }
        }
    }

    private void removeQuietly(Path beside, IOException failure) {
        try {
            Directories.delete(steps, beside);
        } catch (IOException second) {
            failure.addSuppressed(second);
        }
    }
}
