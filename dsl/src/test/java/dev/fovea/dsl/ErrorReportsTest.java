package dev.fovea.dsl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Every invalid spec in the resources is reported exactly as recorded beside it.
class ErrorReportsTest {
    static Stream<Path> invalid() {
        return Specs.resources("specs/bad", ".yaml");
    }

    @ParameterizedTest
    @MethodSource("invalid")
    void reportsAsRecorded(Path file) {
        String name = file.getFileName().toString();
        Path recorded = file.resolveSibling(name.replace(".yaml", ".txt"));
        String report = "valid";
        try {
            SpecReader.readText(Specs.text(file), Path.of(name), List.of());
        } catch (SpecException e) {
            report = e.report(false);
        }
        Specs.assertGolden(recorded, report);
        assertThat(report).isNotEqualTo("valid").doesNotContain("secret").doesNotContain("Exception");
    }

    @Test
    void oneProblemReadsAsTheDesignSays() {
        SpecException e = exception(Specs.MINIMAL + "loss:\n  box: {piror: 1.0}\n");
        assertThat(e.report(false)).isEqualTo("""
                spec.yaml:15:9: loss.box.piror: unknown key (did you mean "prior"?)
                  15 |   box: {piror: 1.0}
                     |         ^
                1 problem
                """);
        assertThat(e).hasMessage("spec.yaml:15:9: loss.box.piror: unknown key (did you mean \"prior\"?)");
        assertThat(e.problems().getFirst()).hasToString("""
                spec.yaml:15:9: loss.box.piror: unknown key (did you mean "prior"?)
                  15 |   box: {piror: 1.0}
                     |         ^""");
    }

    @Test
    void coloursOnlyOnRequest() {
        SpecException e = exception(Specs.MINIMAL + "piror: 1\n");
        assertThat(e.report(false)).doesNotContain("\u001b");
        assertThat(e.report(true)).contains("\u001b[31mpiror: \u001b[0munknown key");
        assertThat(e.report(true).replaceAll("\u001b\\[[0-9]+m", "")).isEqualTo(e.report(false));
    }

    private static SpecException exception(String yaml) {
        try {
            throw new AssertionError("valid: " + Specs.read(yaml).key());
        } catch (SpecException e) {
            return e;
        }
    }

    /// A value of the wrong form does not hide what is wrong between other values.
    @Test
    void mistakesOfEveryKindAreReportedTogether() {
        String yaml = Specs.MINIMAL
                .replace("width: 128", "width: wide")
                .replace("patch: 8", "patch: 7")
                .replace("512}", "512, gleu: erf}");
        assertThat(Specs.problems(yaml))
                .hasSize(5)
                .anyMatch(problem -> problem.contains("model.vision.width: expected"))
                .anyMatch(problem ->
                        problem.contains("model.ps3.scales[1]: 128 is not a multiple of model.vision.patch 7"))
                .anyMatch(problem -> problem.contains("model.text.gleu: unknown key (did you mean \"gelu\"?)"));
    }

    @Test
    void problemsAreSortedByPlace() {
        List<SpecProblem> problems =
                exception("zzz: 1\n" + Specs.MINIMAL + "aaa: 1\nbbb: 2\n").problems();
        assertThat(problems).extracting(SpecProblem::line).containsExactly(1, 15, 16);
    }

    @Test
    void controlCharactersOfASpecNeverReachTheTerminal() {
        String report = exception(Specs.MINIMAL + "\"\\e[31mred\": \"\\e[0m\"\nopt\u0085im: 3\n")
                .report(false);
        assertThat(report.chars()
                        .filter(c -> c != '\n' && Character.isISOControl(c))
                        .count())
                .isZero();
    }

    @Test
    void saysWhatIsWrongWithAFile(@TempDir Path folder) throws Exception {
        assertReport(folder.resolve("none.yaml"), "does not exist");
        assertReport(folder, "is a folder (name the YAML file in it)");
        Path large = Files.write(folder.resolve("large.yaml"), new byte[SpecText.MAX_BYTES + 1]);
        assertReport(large, "larger than 1 MiB, so it is no spec");
        Path latin =
                Files.write(folder.resolve("latin.yaml"), "a: 1\nb: \u00e4\n".getBytes(StandardCharsets.ISO_8859_1));
        assertThatThrownBy(() -> SpecReader.read(latin, List.of()))
                .hasMessage(latin + ":2:4: not UTF-8 text (byte E4) (save it as UTF-8)");
    }

    private static void assertReport(Path file, String message) {
        assertThatThrownBy(() -> SpecReader.read(file, List.of()))
                .isInstanceOf(SpecException.class)
                .hasMessage(file + ": " + message);
    }

    @Test
    void acceptsAByteOrderMark(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("bom.yaml"), "\uFEFF" + Specs.MINIMAL);
        ResolvedSpec spec = SpecReader.read(file, List.of());
        assertThat(spec.origins().get("fovea")).isEqualTo(new Origin(file.toString(), 1, 8));
        assertThat(spec.key()).isEqualTo(Specs.read(Specs.MINIMAL).key());
    }

    @Test
    void acceptsWindowsLineEnds() {
        assertThat(Specs.read(Specs.MINIMAL.replace("\n", "\r\n")).key())
                .isEqualTo(Specs.read(Specs.MINIMAL).key());
        assertThat(Specs.problems((Specs.MINIMAL + "piror: 1\n").replace("\n", "\r\n")))
                .singleElement()
                .asString()
                .startsWith("spec.yaml:14:1: piror");
    }
}
