package dev.fovea.runtime.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fovea.dsl.run.Directories;
import dev.fovea.dsl.run.FileSteps;
import dev.fovea.dsl.run.StoreException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Whatever happens while a checkpoint is written, the newest complete one can be read back exactly.
class CheckpointsTest {
    private static final String KEY = "f2-abcdefghijkl";

    @TempDir
    private Path temporary;

    private final List<String> notes = new ArrayList<>();

    @Test
    void writesAndReads() throws IOException {
        Path folder = folder("c");
        Checkpoints checkpoints = new Checkpoints(folder, KEY, 2, notes::add);
        assertThat(checkpoints.latest()).isEmpty();
        Checkpoint written = write(checkpoints, 1_200);
        assertThat(written.folder()).isEqualTo(folder.resolve("step-00001200"));
        assertThat(names(written.folder())).containsExactly("model.safetensors", "state.json", "state.safetensors");
        Checkpoint read = checkpoints.latest().orElseThrow();
        assertThat(read).isEqualTo(written);
        assertThat(read.state().position().sequencedKeySet()).containsExactly("samples", "epoch");
        assertThat(read.state().randomScheme()).isEqualTo("counter-1");
        assertHolds(read, 1_200);
        assertThat(notes).isEmpty();
    }

    @Test
    void keepsTheNewest() throws IOException {
        Path folder = folder("c");
        Checkpoints checkpoints = new Checkpoints(folder, KEY, 2, notes::add);
        for (long step : new long[] {1, 5, 9}) {
            write(checkpoints, step);
        }
        assertThat(names(folder)).containsExactly("step-00000005", "step-00000009");
        write(checkpoints, 9);
        assertThat(names(folder)).containsExactly("step-00000009", "step-00000009-2");
        assertThat(checkpoints.latest().orElseThrow().folder()).hasFileName("step-00000009-2");
        write(checkpoints, 7);
        assertThat(names(folder)).containsExactly("step-00000007");
        assertThatThrownBy(() -> new Checkpoints(folder, KEY, 0, notes::add))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"model.safetensors", "state.safetensors", "state.json"})
    void aDamagedOneIsPassedOver(String file) throws IOException {
        Path folder = folder("c");
        Checkpoints checkpoints = new Checkpoints(folder, KEY, 3, notes::add);
        write(checkpoints, 5);
        Path damaged = write(checkpoints, 9).folder().resolve(file);
        byte[] whole = Files.readAllBytes(damaged);
        for (long seed = 0; seed < 60; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            byte[] bytes = whole.clone();
            int at = random.nextInt(bytes.length);
            bytes[at] ^= (byte) (1 << random.nextInt(8));
            if (Character.isWhitespace(whole[at]) && file.equals("state.json")) {
                continue;
            }
            Files.write(damaged, bytes);
            assertThat(checkpoints.latest().orElseThrow().state().step())
                    .as("seed %d, byte %d", seed, at)
                    .isEqualTo(5);
        }
        assertThat(notes.getFirst())
                .startsWith("checkpoint step-00000009 passed over: " + damaged)
                .contains("damaged");
        Files.delete(damaged);
        assertHolds(checkpoints.latest().orElseThrow(), 5);
        assertThat(notes.getLast()).contains("no such file");
    }

    @Test
    void aCheckpointOfAnotherRunIsNotUsed() throws IOException {
        Path folder = folder("c");
        write(new Checkpoints(folder, KEY, 1, notes::add), 5);
        Checkpoints other = new Checkpoints(folder, "f2-other", 1, notes::add);
        assertThat(other.latest()).isEmpty();
        assertThat(notes.getFirst()).contains("belongs to run " + KEY + ", not to f2-other");
        assertThatThrownBy(() -> write(other, 6)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void afterBeingKilledAtAnyMomentTheOldOrTheNewOneIsThere(boolean power) throws IOException {
        PowerCut whole = new PowerCut(Integer.MAX_VALUE);
        cutWhileWriting("whole", whole);
        assertThat(whole.done()).isGreaterThan(9);
        int survivedNew = 0;
        for (int step = 0; step <= whole.done(); step++) {
            PowerCut cut = new PowerCut(step);
            Path folder = cutWhileWriting((power ? "power" : "kill") + step, cut);
            if (power) {
                cut.lose();
            }
            notes.clear();
            Checkpoints after = new Checkpoints(folder, KEY, 1, notes::add);
            Checkpoint found = after.latest().orElseThrow();
            assertThat(found.state().step()).as("cut before step %d", step).isIn(5L, 9L);
            assertHolds(found, found.state().step());
            survivedNew += found.state().step() == 9 ? 1 : 0;

            write(after, 12);
            assertHolds(after.latest().orElseThrow(), 12);
            assertThat(names(folder)).as("cut before step %d", step).containsExactly("step-00000012");
        }
        assertThat(survivedNew).isPositive().isLessThan(whole.done());
    }

    /// A folder with a checkpoint of step 5 in which one of step 9 is being written when all stops.
    private Path cutWhileWriting(String name, PowerCut cut) throws IOException {
        Path folder = folder(name);
        write(new Checkpoints(folder, KEY, 1, notes::add), 5);
        try {
            write(new Checkpoints(cut, folder, KEY, 1, notes::add), 9);
        } catch (StoreException killed) {
            assertThat(killed).hasMessageContaining("killed before step");
        }
        return folder;
    }

    @Test
    void aFullDiskIsExplainedAndLeavesTheOldOne() throws IOException {
        Path folder = folder("c");
        write(new Checkpoints(folder, KEY, 1, notes::add), 5);
        FileSteps full = new FullDisk(FileSteps.real());
        assertThatThrownBy(() -> write(new Checkpoints(full, folder, KEY, 1, notes::add), 9))
                .isInstanceOf(StoreException.class)
                .hasMessage("cannot write " + folder.resolve("step-00000009")
                        + ": the disk is full; free some space or choose a folder on another disk");
        assertThat(names(folder)).containsExactly("step-00000005");
    }

    private static Checkpoint write(Checkpoints checkpoints, long step) {
        SequencedMap<String, Long> position = new LinkedHashMap<>();
        position.put("samples", step * 32);
        position.put("epoch", 3L);
        return checkpoints.write(
                new TrainingState(step, KEY, "counter-1", position), tensors(step, 1), tensors(step, 2));
    }

    private static SequencedMap<String, TensorView> tensors(long step, int group) {
        SequencedMap<String, TensorView> tensors = new LinkedHashMap<>();
        tensors.put("w", TensorView.of(new long[] {3, 7}, values(step, group)));
        tensors.put("count", TensorView.of(new long[] {}, step));
        return tensors;
    }

    private static float[] values(long step, int group) {
        float[] values = new float[21];
        for (int i = 0; i < values.length; i++) {
            values[i] = step * 1_000 + group * 100 + i;
        }
        return values;
    }

    private static void assertHolds(Checkpoint checkpoint, long step) {
        try (Arena arena = Arena.ofConfined()) {
            assertThat(checkpoint.model(arena).floats("w")).isEqualTo(values(step, 1));
            assertThat(checkpoint.optimizer(arena).floats("w")).isEqualTo(values(step, 2));
            assertThat(checkpoint.optimizer(arena).longs("count")).containsExactly(step);
        }
        assertThat(checkpoint.state().position()).containsEntry("samples", step * 32);
    }

    private Path folder(String name) throws IOException {
        Path folder = temporary.resolve(name);
        Directories.delete(FileSteps.real(), folder);
        return Files.createDirectory(folder);
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
