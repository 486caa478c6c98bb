package dev.fovea.bin.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.fovea.bin.Fovea;
import dev.fovea.bin.Surroundings;
import dev.fovea.bin.terminal.TerminalFacts;
import dev.fovea.runtime.bench.Measurement;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchVerbsTest {
    /// Shared, so that the machine is probed once.
    @TempDir
    private static Path shared = Path.of("");

    @TempDir
    private Path folder = Path.of("");

    private record Said(int code, String out, String err) {}

    private Said run(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        Surroundings surroundings = new Surroundings(
                folder,
                Map.of("FOVEA_CACHE", shared.toString()),
                new PrintWriter(out),
                new PrintWriter(err),
                TerminalFacts.none(),
                Clock.systemUTC());
        int code = Fovea.run(surroundings, arguments);
        return new Said(code, out.toString(), err.toString());
    }

    private void spec() throws IOException {
        try (InputStream text = Objects.requireNonNull(Fovea.class.getResourceAsStream("small.yaml"))) {
            String small = new String(text.readAllBytes(), StandardCharsets.UTF_8);
            Files.writeString(folder.resolve("small.yaml"), small);
        }
    }

    @Test
    void kernelsAreListedAndFiltered() {
        Said said = run("bench", "kernels", "--list", "--filter", "GELU");
        assertThat(said.code()).as(said.err()).isZero();
        assertThat(said.out().lines()).hasSize(4).allMatch(line -> line.startsWith("gelu "));
    }

    @Test
    void whatMakesNoSenseIsSaidBeforeAnythingIsMeasured() {
        Said nothing = run("bench", "kernels", "--filter", "no such kernel");
        assertThat(nothing.code()).isEqualTo(2);
        assertThat(nothing.err()).contains("--filter no such kernel: nothing has that in its name");
        Said missing = run("bench", "kernels", "--compare", "before.json");
        assertThat(missing.code()).isEqualTo(2);
        assertThat(missing.err()).contains("before.json: no such file");
        assertThat(run("bench", "kernels", "--threads", "0", "--filter", "resize")
                        .code())
                .isEqualTo(2);
        assertThat(run("bench").err()).contains("bench needs a verb");
    }

    @Test
    void encodingIsMeasuredWrittenAndCompared() throws IOException {
        spec();
        Said said = run("bench", "encode", "small.yaml", "--quick", "--threads", "1", "--json", "a/before.json");
        assertThat(said.code()).as(said.err()).isZero();
        assertThat(said.out()).contains("small low pass", "small one look", "images/s", "peak memory", "1 thread");
        BenchFile file = BenchFile.read(folder.resolve("a/before.json"), "before.json");
        assertThat(file.header().bench()).isEqualTo("encode");
        assertThat(file.header().machine().threads()).isEqualTo(1);
        List<Measurement> both = file.measurements();
        assertThat(both).extracting(Measurement::name).containsExactly("small low pass", "small one look");
        assertThat(both.get(1).flops()).isGreaterThan(both.get(0).flops());
        assertThat(both).allMatch(m -> m.low() <= m.seconds() && m.seconds() <= m.high() && m.low() > 0);
        Said again = run(
                "bench",
                "encode",
                "small.yaml",
                "--quick",
                "--threads=1",
                "--filter=low",
                "--compare",
                "a/before.json");
        assertThat(again.code()).as(again.err()).isZero();
        assertThat(again.out())
                .contains("now/before", "only in a/before.json: small one look")
                .doesNotContain("NOT THE SAME CONDITIONS");
    }

    @Test
    void baselinesAreSentElsewhere() throws IOException {
        spec();
        Said said = run("bench", "encode", "small.yaml", "-s", "model.encoder.type=s2");
        assertThat(said.code()).isEqualTo(2);
        assertThat(said.err()).contains("bench step");
    }

    @Test
    void loadingIsMeasured() throws IOException {
        spec();
        Said said = run("bench", "data", "small.yaml", "--quick", "--threads=1");
        assertThat(said.code()).as(said.err()).isZero();
        assertThat(said.out()).contains("example, one thread", "texts/s", "batch of 4 at 112", "images/s");
    }

    @Test
    void kernelsRunInProcessesOfTheirOwn() throws IOException {
        // Written by JMH's generator, which some ways of compiling leave out.
        assumeTrue(Fovea.class.getResource("/META-INF/BenchmarkList") != null);
        Said said = run("bench", "kernels", "--filter", "area resize", "--threads", "1", "--json", "k.json");
        assertThat(said.code()).as(said.err()).isZero();
        Measurement m = BenchFile.read(folder.resolve("k.json"), "k.json")
                .measurements()
                .getFirst();
        assertThat(m.name()).isEqualTo("area resize 1512 to 108");
        assertThat(m.bytes()).isEqualTo(4L * (1512 * 1512 + 108 * 108));
        assertThat(m.seconds()).isPositive();
        assertThat(said.out()).contains("area resize 1512 to 108", "GB/s");
    }
}
