package dev.fovea.bin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fovea.bin.Cli.Said;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `fovea bench step`.
class BenchStepTest {
    private static final String SWEEP = "sweep: {sizes: {list: [{label: a, seed: 1}, {label: b, seed: 2}]}}\n";

    @TempDir
    private Path folder = Path.of("");

    private Cli cli() throws IOException {
        Cli cli = Cli.in(folder)
                .with(Map.of("FOVEA_CACHE", folder.resolve("cache").toString()));
        Files.writeString(folder.resolve("s.yaml"), Cli.smallSpec() + SWEEP);
        return cli;
    }

    @Test
    void runsArmsInProcessesOfTheirOwn() throws IOException {
        Said said = cli().run(
                        "bench",
                        "step",
                        "s.yaml",
                        "--sweep",
                        "sizes",
                        "--point",
                        "b",
                        "--mode",
                        "training",
                        "--quick",
                        "--steps",
                        "1",
                        "--threads",
                        "1",
                        "--json",
                        "b.json",
                        "--report",
                        "report",
                        "--ops");
        assertThat(said.code()).as(said.err()).isZero();
        assertThat(said.out()).contains("b, training step").contains("AdamW").doesNotContain("a, training step");
        assertThat(Files.readString(folder.resolve("b.json")))
                .contains("\"bench\" : \"step\"", "\"peak_bytes\"", "\"forward_seconds\"", "\"gemm\" : \"")
                .doesNotContain("\"gemm\" : \"none\"");
        assertThat(folder.resolve("report")).isDirectoryContaining("glob:**/table.md");
        assertThat(Files.readString(folder.resolve("report/operations.csv")))
                .contains("\"b, training step\",update,AdamW,");
        assertThat(folder.resolve("report/plot.svg"))
                .as("one size makes no plot")
                .doesNotExist();
    }

    @Test
    void saysWhichSweepsAndPointsThereAre() throws IOException {
        assertThat(cli().run("bench", "step", "s.yaml", "--sweep", "size").error())
                .isEqualTo("fovea: --sweep size: s.yaml has [sizes]");
        assertThat(cli().run("bench", "step", "s.yaml", "--sweep", "sizes", "--point", "c")
                        .error())
                .isEqualTo("fovea: --point c: sweep sizes has [a, b]");
        Said said = cli().run("bench", "step", "s.yaml", "--point", "a");
        assertThat(said.error()).isEqualTo("fovea: --point needs --sweep NAME");
        assertThat(said.code()).isEqualTo(ExitCode.USAGE.code());
        assertThat(cli().run("bench", "step", "s.yaml", "--cpu-time", "--threads", "2")
                        .error())
                .isEqualTo("fovea: --cpu-time counts one thread; add --threads 1");
    }

    @Test
    void pointsAreValidatedAndShown() throws IOException {
        assertThat(cli().run("validate", "s.yaml").out()).contains("valid").endsWith("  2 points in 1 sweep\n");
        Said shown = cli().run("show", "s.yaml", "--points");
        assertThat(shown.lines().get(1)).matches("sizes  a {6}f2-[a-z2-7]{12}  seed=1");
        assertThat(cli().run("show", "s.yaml", "--points", "--json").out())
                .contains("\"point\" : \"b\"", "\"seed\" : \"2\"");
        Files.writeString(folder.resolve("t.yaml"), Cli.smallSpec() + SWEEP.replace("seed: 2", "sed: 2"));
        Said wrong = cli().run("validate", "t.yaml");
        assertThat(wrong.code()).isEqualTo(ExitCode.SPEC.code());
        assertThat(wrong.error()).contains("sed: unknown key, at \"b\" of sweep sizes (did you mean \"seed\"?)");
    }

    @Test
    void anArmThatCannotRunIsToldOf() throws IOException {
        Said said = cli().run(
                        "bench",
                        "step",
                        "s.yaml",
                        "run.backend=tornado",
                        "--mode",
                        "forward",
                        "--quick",
                        "--threads",
                        "1");
        assertThat(said.code()).isEqualTo(ExitCode.RUN_FAILED.code());
        assertThat(said.out()).contains("one look: not run, failed: fovea: run.backend: tornado is not part");
    }
}
