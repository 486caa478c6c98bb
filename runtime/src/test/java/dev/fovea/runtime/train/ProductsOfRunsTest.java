package dev.fovea.runtime.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fovea.dsl.ResolvedSpec;
import dev.fovea.dsl.run.JournalEntry;
import dev.fovea.dsl.run.RunFolder;
import dev.fovea.dsl.spec.RunSpec;
import dev.fovea.runtime.exec.cpu.onednn.OneDnn;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Who multiplies matrices in a run: what is recorded of it, and runs with bfloat16 in linear layers.
@NullUnmarked
class ProductsOfRunsTest {
    private static final Path CACHE = Path.of("target/test-cache");

    @TempDir
    Path folder;

    private static final class Heard implements RunListener {
        final List<Double> losses = new ArrayList<>();
        final List<String> notes = new ArrayList<>();
        RunStart start;
        long stopAt = -1;
        private long step;

        @Override
        public void started(RunStart s) {
            start = s;
        }

        @Override
        public void step(StepReport r) {
            step = r.step();
            losses.add(r.losses().getFirst().value());
        }

        @Override
        public void progress(String what, long done, long total) {}

        @Override
        public void evaluated(EvalReport r) {}

        @Override
        public void saved(long s, Path checkpoint) {}

        @Override
        public void note(String text) {
            notes.add(text);
        }

        @Override
        public StopReason stopRequested() {
            return step == stopAt ? StopReason.INTERRUPTED : null;
        }
    }

    private RunFolder run(String runs, Heard heard, String... overrides) {
        ResolvedSpec spec = TinySpec.read(folder, overrides);
        RunOptions options = new RunOptions(folder.resolve(runs), CACHE, true, 0, Map.of(), "test");
        return Experiment.run(spec, options, heard).folder();
    }

    private static void assumeUsable() {
        if (OneDnn.find() instanceof OneDnn.Missing missing) {
            Assumptions.abort("no oneDNN: " + missing.reason());
        }
    }

    private static String lastStart(RunFolder run) {
        return run.entries().stream()
                .filter(e -> e instanceof JournalEntry.Started)
                .map(e -> ((JournalEntry.Started) e).facts().get("gemm"))
                .toList()
                .getLast();
    }

    @Test
    void environmentAndJournalNameTheProvider() throws IOException {
        Heard heard = new Heard();
        heard.stopAt = 1;
        RunFolder run = run("runs", heard, "run.gemm=java");
        assertThat(lastStart(run)).isEqualTo("java");
        assertThat(Files.readString(run.environmentFile())).contains("\"fovea.gemm\" : \"java\"");
        assertThat(heard.start.backend()).contains("gemm java,");
    }

    @Test
    void continuingWithAnotherProviderIsNoted() throws IOException {
        assumeUsable();
        Heard heard = new Heard();
        heard.stopAt = 1;
        run("runs", heard, "run.gemm=java");
        heard.stopAt = 2;
        run("runs", heard, "run.gemm=java");
        assertThat(heard.notes).noneMatch(n -> n.contains("matrix products"));
        heard.stopAt = 3;
        RunFolder run = run("runs", heard, "run.gemm=onednn");
        assertThat(lastStart(run)).startsWith("onednn 3.");
        assertThat(Files.readString(run.environmentFile())).contains("\"fovea.gemm\" : \"onednn 3.");
        assertThat(heard.notes).anyMatch(n -> n.startsWith("matrix products were by java before and are by onednn 3."));
    }

    @ParameterizedTest
    @EnumSource
    void lossesFallWithBfloat16(RunSpec.Gemm provider) {
        if (provider == RunSpec.Gemm.ONEDNN) {
            assumeUsable();
        }
        String[] settings = {
            "run.gemm=" + provider.name().toLowerCase(java.util.Locale.ROOT),
            "schedule.length=24st",
            "optim.lr=3e-3",
            "eval.every=end"
        };
        Heard floats = new Heard();
        floats.stopAt = 1;
        run("fp32", floats, settings);
        Heard halves = new Heard();
        String[] with = java.util.Arrays.copyOf(settings, settings.length + 1);
        with[settings.length] = "precision.compute=bf16";
        RunFolder run = run("bf16", halves, with);
        assertThat(lastStart(run)).contains("bf16 in linear layers");
        double first = halves.losses.getFirst();
        assertThat(first)
                .isNotEqualTo(floats.losses.getFirst())
                .isCloseTo(floats.losses.getFirst(), org.assertj.core.data.Percentage.withPercentage(1));
        double last = halves.losses.subList(20, 24).stream()
                .mapToDouble(x -> x)
                .average()
                .orElseThrow();
        assertThat(last).as("losses %s", halves.losses).isLessThan(0.9 * first);
    }
}
