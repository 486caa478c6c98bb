package dev.fovea.runtime.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fovea.dsl.ResolvedSpec;
import dev.fovea.dsl.run.JournalEntry;
import dev.fovea.dsl.run.RunFolder;
import dev.fovea.runtime.checkpoint.HuggingFaceFolder;
import dev.fovea.runtime.checkpoint.Part;
import dev.fovea.runtime.checkpoint.PretrainedModel;
import dev.fovea.runtime.store.SafetensorsWriter;
import dev.fovea.runtime.store.StoredType;
import dev.fovea.runtime.store.TensorFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A run goes out as a Hugging Face folder and another run starts from it; a SigLIP file gives the towers.
class InitTest {
    private static final Path CACHE = Path.of("target/test-cache");

    /// Steps so small that weights stay as they are, bit by bit.
    private static final String STILL = "optim.lr=1e-40";

    @TempDir
    private Path folder = Path.of("");

    private final List<String> notes = new ArrayList<>();

    private final RunListener listener = new RunListener() {
        @Override
        public void started(RunStart start) {}

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
            notes.add(text);
        }

        @Override
        public @Nullable StopReason stopRequested() {
            return null;
        }
    };

    private RunFolder run(ResolvedSpec spec, String runs, long steps) {
        RunOptions options = new RunOptions(folder.resolve(runs), CACHE, true, steps, Map.of(), "test");
        return Experiment.run(spec, options, listener).folder();
    }

    @Test
    void aRunGoesOutAndInAgain() {
        RunFolder first = run(TinySpec.read(folder), "runs", 2);
        PretrainedModel trained = PretrainedModel.open(first.path());
        Path out = folder.resolve("hf");
        assertThat(HuggingFaceFolder.write(trained, out, StoredType.F32)).isNotEmpty();
        assertThat(out.resolve("tokenizer.json")).isRegularFile();
        PretrainedModel exported = PretrainedModel.open(out);
        assertThat(exported.config()).isEqualTo(trained.config());
        assertSameBits(
                trained.files(), exported.files(), trained.files().infos().keySet());

        String digest = exported.files().digest();
        ResolvedSpec spec = TinySpec.read(folder, "init={from: hf, sha256: " + digest + "}", STILL);
        RunFolder second = run(spec, "others", 1);
        assertSameBits(
                trained.files(),
                PretrainedModel.open(second.path()).files(),
                trained.files().infos().keySet());
        int all = trained.files().infos().size();
        assertThat(notes).contains("init: " + all + " parameters taken from hf, 0 start fresh");

        ResolvedSpec wrong = TinySpec.read(folder, "init={from: hf, sha256: " + "a".repeat(64) + "}");
        assertThatThrownBy(() -> run(wrong, "wrong", 1))
                .isInstanceOf(RunException.class)
                .hasMessageContaining("its weights have sha256 " + digest + ", but init.sha256 is aaaa");
        // A checkpoint's own folder is a source too.
        PretrainedModel saved = PretrainedModel.open(first.checkpoints().resolve("step-00000002"));
        assertThat(saved.config()).isEqualTo(trained.config());
        assertThat(saved.files().digest()).isEqualTo(trained.files().digest());
    }

    @Test
    void aRunStartsFromSiglip() {
        RunFolder first = run(TinySpec.read(folder), "runs", 1);
        TensorFiles trained = PretrainedModel.open(first.path()).files();
        SafetensorsWriter writer = new SafetensorsWriter();
        trained.infos().forEach((name, info) -> {
            if (!Part.of(name).isNew()) {
                String other = name.replaceFirst("^vision_model\\.", "visual.").replaceFirst("^text_model\\.", "text.");
                writer.add(other, info.shape(), trained.floats(name));
            }
        });
        Path siglip = folder.resolve("siglip.safetensors");
        writer.write(siglip);
        String digest = PretrainedModel.open(siglip).files().digest();
        String init = "init={from: siglip.safetensors, sha256: " + digest + "}";
        RunFolder second = run(TinySpec.read(folder, init, STILL, "seed=7"), "others", 1);
        TensorFiles found = PretrainedModel.open(second.path()).files();
        List<String> taken = trained.infos().keySet().stream()
                .filter(n -> !Part.of(n).isNew())
                .toList();
        assertSameBits(trained, found, taken);
        String prompt = "vision_model.prior_prompt";
        assertThat(found.floats(prompt)).isNotEqualTo(trained.floats(prompt));
        RunFolder random = run(TinySpec.read(folder, STILL, "seed=7"), "random", 1);
        assertThat(found.floats(prompt))
                .as("fresh parts start as they do without init")
                .isEqualTo(PretrainedModel.open(random.path()).files().floats(prompt));
        List<String> journal = second.entries().stream()
                .filter(e -> e instanceof JournalEntry.Note)
                .map(e -> ((JournalEntry.Note) e).text())
                .toList();
        assertThat(journal)
                .anyMatch(line -> line.startsWith("init: " + taken.size() + " parameters taken"))
                .anyMatch(line -> line.startsWith("init: fresh are ") && line.contains(prompt));
        assertThat(Files.exists(siglip)).isTrue();
    }

    private static void assertSameBits(TensorFiles a, TensorFiles b, Iterable<String> names) {
        for (String name : names) {
            assertThat(b.floats(name)).as(name).isEqualTo(a.floats(name));
        }
    }
}
