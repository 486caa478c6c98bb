package dev.fovea.dsl;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// The guide says what is true.
class GuideTest {
    private static final Path GUIDE = Specs.project().resolve("docs/guide/spec.md");
    private static final String BEGIN = "<!-- keys: begin -->\n";
    private static final String END = "<!-- keys: end -->";

    @Test
    void listsEveryKey() {
        String guide = Specs.text(GUIDE);
        String before = guide.substring(0, guide.indexOf(BEGIN) + BEGIN.length());
        String after = guide.substring(guide.indexOf(END));
        Specs.assertGolden(GUIDE, before + "\n" + SpecGuide.markdown() + "\n" + after);
    }

    @Test
    void itsFirstExampleIsValidAndMinimal() {
        Matcher example =
                Pattern.compile("```yaml\n(fovea: v1.*?)```", Pattern.DOTALL).matcher(Specs.text(GUIDE));
        assertThat(example.find()).isTrue();
        ResolvedSpec spec = Specs.read(example.group(1));
        assertThat(spec.warnings()).isEmpty();
        assertThat(spec.key()).isEqualTo(Specs.read(Specs.MINIMAL).key());
        assertThat(Specs.text(GUIDE)).contains("`" + spec.key() + "`");
    }

    @Test
    void itsExampleOfAnErrorIsWhatTheReaderSays() {
        String spec = """
                fovea: v1
                name: tiny
                model:
                  vision: {width: 128, depth: 4, heads: 4, mlp: 384, patch: 8}
                  ps3: {scales: [64, 130, 256], select: {from_layers: [1, 4], max_tokens: 160}}
                  text: {width: 96, depth: 2, heads: 4, mlp: 384, context: 12, vocab: 512}
                data: {train: {type: scenes, size: 256}}
                optim: {lr: 1e-3, beta: [0.9, 0.95]}
                schedule: {length: 400st}
                batch: {global: 32}
                los: {box: {prior: 1}}
                """;
        Matcher example = Pattern.compile("<!-- example: spec.yaml -->\n```\n(.*?)```", Pattern.DOTALL)
                .matcher(Specs.text(GUIDE));
        assertThat(example.find()).isTrue();
        try {
            throw new AssertionError("valid: " + SpecReader.readText(spec, Path.of("spec.yaml"), List.of()));
        } catch (SpecException e) {
            assertThat(example.group(1)).isEqualTo(e.report(false));
        }
    }

    @Test
    void markdownHasOneLineForEachKey() {
        List<String> rows = SpecGuide.markdown()
                .lines()
                .filter(line -> line.startsWith("| `"))
                .toList();
        assertThat(rows).hasSameSizeAs(SpecGuide.lines());
        assertThat(rows)
                .allMatch(row ->
                        row.replace("\\|", "").chars().filter(c -> c == '|').count() == 5);
    }
}
