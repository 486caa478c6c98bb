package dev.fovea.bin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fovea.bin.Cli.Said;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/// What all verbs have in common: help, exit codes, wrong usage, colours, the folder they work in.
class CommandLineTest {
    private static final String ESCAPE = "\u001b[";

    @TempDir
    private Path folder = Path.of("");

    static Stream<String> verbs() {
        CommandLine line = commandLine();
        return Stream.concat(
                line.getSubcommands().keySet().stream(),
                Stream.of(
                        "bench kernels",
                        "bench step",
                        "bench encode",
                        "bench data",
                        "data export",
                        "checkpoint show",
                        "checkpoint export",
                        "checkpoint diff"));
    }

    private static CommandLine commandLine() {
        Fovea fovea = new Fovea(Surroundings.ofProcess(), Cli.noTraining(), Cli::noSignals);
        return Fovea.commandLine(fovea, new Problems(fovea));
    }

    @Test
    void hasTheVerbsOfTheGuide() {
        assertThat(verbs())
                .containsExactlyInAnyOrder(
                        "validate",
                        "show",
                        "status",
                        "run",
                        "cost",
                        "bench",
                        "bench kernels",
                        "bench step",
                        "bench encode",
                        "bench data",
                        "encode",
                        "parity",
                        "sync",
                        "data",
                        "data export",
                        "checkpoint",
                        "checkpoint show",
                        "checkpoint export",
                        "checkpoint diff",
                        "schema",
                        "doctor",
                        "completion");
    }

    @ParameterizedTest
    @MethodSource("verbs")
    void everyVerbExplainsItselfAndItsExitCodes(String verb) {
        Said said = Cli.in(folder).run((verb + " --help").split(" "));
        assertThat(said.code()).isZero();
        assertThat(said.err()).isEmpty();
        assertThat(said.out()).contains("Usage: fovea " + verb, "-C=DIR", "--color", "--verbose", "--quiet");
        for (ExitCode code : ExitCode.values()) {
            assertThat(said.lines())
                    .as(verb + " explains " + code)
                    .anyMatch(line -> line.strip().matches(code.code() + " +\\Q" + code.meaning() + "\\E"));
        }
        assertThat(said.out()).doesNotContain(ESCAPE).doesNotContain("null", "<default", "[=<");
    }

    @Test
    void withoutAVerbPrintsHelp() {
        Said said = Cli.in(folder).run();
        assertThat(said.code()).isZero();
        assertThat(said.out()).startsWith("Usage: fovea [OPTIONS] VERB").contains("validate", "doctor");
    }

    @Test
    void tellsItsVersion() {
        assertThat(Cli.in(folder).run("--version").out()).startsWith("fovea ").contains("Java 25");
    }

    @Test
    void suggestsTheNearestVerb() {
        Said said = Cli.in(folder).run("vaildate", "x.yaml");
        assertThat(said.code()).isEqualTo(2);
        assertThat(said.out()).isEmpty();
        assertThat(said.err())
                .isEqualTo("fovea: unknown verb \"vaildate\" (did you mean \"validate\"?)\ntry: fovea --help\n");
    }

    @Test
    void suggestsTheNearestOption() {
        Said said = Cli.in(folder).run("validate", "--strickt", "x.yaml");
        assertThat(said.code()).isEqualTo(2);
        assertThat(said.err())
                .startsWith("fovea: unknown option \"--strickt\" (did you mean \"--strict\"")
                .endsWith("try: fovea validate --help\n");
    }

    @Test
    void aMissingArgumentIsNamed() {
        Said said = Cli.in(folder).run("validate");
        assertThat(said.code()).isEqualTo(2);
        assertThat(said.error()).isEqualTo("fovea: Missing required parameter: 'SPEC'");
    }

    @Test
    void aWrongChoiceIsNamed() {
        Said said = Cli.in(folder).run("status", "--color", "sometimes");
        assertThat(said.code()).isEqualTo(2);
        assertThat(said.error()).contains("--color", "sometimes", "auto, always, never");
    }

    @Test
    void dataAloneAsksForItsVerb() {
        Said said = Cli.in(folder).run("data");
        assertThat(said.code()).isEqualTo(2);
        assertThat(said.err()).isEqualTo("fovea: data needs a verb: data export\ntry: fovea data --help\n");
    }

    @Test
    void aWordThatIsNoOverrideIsNamed() throws Exception {
        Cli cli = Cli.in(folder);
        cli.spec("a.yaml");
        Said said = cli.run("show", "a.yaml", "b.yaml");
        assertThat(said.code()).isEqualTo(2);
        assertThat(said.err())
                .isEqualTo("fovea: \"b.yaml\" is no key=value, such as optim.lr=1e-3 (one SPEC at a time)\n");
    }

    @Test
    void worksInTheFolderOfC() throws Exception {
        Path inner = Files.createDirectories(folder.resolve("inner folder"));
        Cli.in(inner).spec("a.yaml");
        Cli cli = Cli.in(folder);
        assertThat(cli.run("-C", "inner folder", "validate", "a.yaml").code()).isZero();
        assertThat(cli.run("validate", "-C", "inner folder", "a.yaml").code()).isZero();
        assertThat(cli.run("validate", "a.yaml").code()).isEqualTo(3);
        Said said = cli.run("-C", "gone", "validate", "a.yaml");
        assertThat(said.code()).isEqualTo(2);
        assertThat(said.err()).isEqualTo("fovea: -C: no such folder: gone\n");
    }

    @Test
    void coloursFollowTheTerminalAndTheUser() {
        Cli cli = Cli.in(folder);
        assertThat(cli.run("vali").err()).doesNotContain(ESCAPE);
        assertThat(cli.run("--color", "always", "--help").out()).contains(ESCAPE);
        assertThat(cli.run("--color=always", "-C", "gone", "status").err()).contains(ESCAPE);
        assertThat(cli.onTerminal(100).run("-C", "gone", "status").err()).contains(ESCAPE);
        assertThat(cli.onTerminal(100)
                        .run("--color", "never", "-C", "gone", "status")
                        .err())
                .doesNotContain(ESCAPE);
        Cli without = cli.with(Map.of("NO_COLOR", "1")).onTerminal(100);
        assertThat(without.run("--help").out()).doesNotContain(ESCAPE);
        assertThat(without.run("--color", "always", "--help").out()).contains(ESCAPE);
        assertThat(cli.with(Map.of("TERM", "dumb"))
                        .onTerminal(100)
                        .run("--help")
                        .out())
                .doesNotContain(ESCAPE);
    }

    @ParameterizedTest
    @ValueSource(ints = {20, 80, 200})
    void helpFitsTheTerminal(int columns) {
        assertThat(Cli.in(folder)
                        .onTerminal(columns)
                        .run("run", "--help", "--color=never")
                        .lines())
                .allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(Math.clamp(columns, 80, 100)));
    }

    @Test
    void aTraceIsShownOnlyOnDemand() {
        assertThat(Cli.in(folder).run("-C", "gone", "status").err()).doesNotContain("\tat ");
        assertThat(Cli.in(folder).run("-v", "-C", "gone", "status").err()).contains("\tat dev.fovea.bin");
    }
}
