package dev.fovea.runtime.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fovea.dsl.run.JournalEntry;
import dev.fovea.dsl.run.RunFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Whole runs that keep everything and that compute layers again: the same numbers, and what they say of memory.
@NullUnmarked
class ActivationCheckpointingTest {
    private static final Path CACHE = Path.of("target/test-cache");

    @TempDir
    Path folder;

    /// Hears the notes of a run.
    private static final class Notes implements RunListener {
        final List<String> all = new ArrayList<>();
        long predicted;

        @Override
        public void started(RunStart start) {
            predicted = start.plannedBytes();
        }

        @Override
        public void step(StepReport report) {}

        @Override
        public void progress(String what, long done, long total) {}

        @Override
        public void evaluated(EvalReport report) {}

        @Override
        public void saved(long step, Path checkpoint) {}

        @Override
        public void note(String text) {
            all.add(text);
        }

        @Override
        public @Nullable StopReason stopRequested() {
            return null;
        }
    }

    private RunFolder run(String how, Notes notes) {
        RunOptions options = new RunOptions(folder.resolve(how), CACHE, true, 0, Map.of(), "test");
        var spec = TinySpec.read(folder, "run.activation_checkpointing=" + how, "model.vision.depth=4");
        return Experiment.run(spec, options, notes).folder();
    }

    private static List<Object> scalars(RunFolder run) {
        return run.entries().stream()
                .filter(e -> e instanceof JournalEntry.Scalars)
                .<Object>map(e -> ((JournalEntry.Scalars) e).values())
                .toList();
    }

    /// Digests of the last checkpoint's tensors by file.
    private static Map<String, Integer> tensors(RunFolder run) throws IOException {
        Map<String, Integer> found = new TreeMap<>();
        try (Stream<Path> all = Files.walk(run.checkpoints())) {
            for (Path file :
                    all.filter(f -> f.toString().endsWith(".safetensors")).toList()) {
                found.put(run.path().relativize(file).toString(), Arrays.hashCode(Files.readAllBytes(file)));
            }
        }
        assertThat(found).as("model and optimizer state").hasSizeGreaterThan(1);
        return found;
    }

    @Test
    void aRunThatComputesLayersAgainEndsWithTheSameBits() throws IOException {
        Notes kept = new Notes(), again = new Notes();
        RunFolder first = run("none", kept), second = run("blocks", again);
        assertThat(second.key()).isEqualTo(first.key());
        assertThat(scalars(second)).isEqualTo(scalars(first)).isNotEmpty();
        assertThat(tensors(second)).isEqualTo(tensors(first));
        assertThat(again.predicted).isLessThan(kept.predicted);
        assertThat(again.all).noneMatch(n -> n.startsWith("activation checkpointing"));
    }

    @Test
    void theChoiceAndThePeakAreTold() throws IOException {
        Notes notes = new Notes();
        RunFolder run = run("auto", notes);
        assertThat(notes.all)
                .anyMatch(n -> n.startsWith("activation checkpointing: none, because"))
                .anyMatch(n -> n.matches("memory: (\\d+ MiB at its peak, )?\\d+ MiB predicted.*"));
        assertThat(run.entries())
                .anyMatch(e -> e instanceof JournalEntry.Note n && n.text().startsWith("memory: "));
        assertThat(Files.readString(run.results().resolve("summary.json")))
                .contains("\"predicted_bytes\" : " + notes.predicted);
    }
}
