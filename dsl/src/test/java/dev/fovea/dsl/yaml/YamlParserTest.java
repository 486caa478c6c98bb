package dev.fovea.dsl.yaml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.fovea.dsl.yaml.YamlNode.Items;
import dev.fovea.dsl.yaml.YamlNode.Kind;
import dev.fovea.dsl.yaml.YamlNode.Mapping;
import dev.fovea.dsl.yaml.YamlNode.Scalar;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class YamlParserTest {
    private final Findings findings = new Findings();

    private @Nullable YamlNode parse(String text) {
        return YamlParser.parse(new Source("t.yaml", text), findings);
    }

    private static Mapping mapping(@Nullable YamlNode node) {
        return node instanceof Mapping mapping ? mapping : fail("not a mapping: " + node);
    }

    private List<String> errors(String text) {
        parse(text);
        return findings.errors().stream()
                .map(f -> f.mark().line() + ":" + f.mark().column() + ": " + f.path() + ": " + f.message()
                        + (f.hint() == null ? "" : " (" + f.hint() + ")"))
                .toList();
    }

    @Test
    void keepsPlacesAndKinds() {
        YamlNode root = parse("a:\n  - 1\n  - 'no'\n  - {b: 2.5}\nc: ~\n");
        assertThat(findings.errors()).isEmpty();
        Mapping mapping = mapping(root);
        assertThat(mapping.entries().keySet()).containsExactly("a", "c");
        assertThat(mapping.get("a")).isInstanceOfSatisfying(Items.class, items -> {
            assertThat(items.elements().get(1)).isInstanceOfSatisfying(Scalar.class, scalar -> {
                assertThat(scalar.kind()).isEqualTo(Kind.TEXT);
                assertThat(scalar.mark().line()).isEqualTo(3);
                assertThat(scalar.mark().column()).isEqualTo(5);
            });
            assertThat(items.elements().get(2)).isInstanceOfSatisfying(Mapping.class, inner -> {
                assertThat(inner.get("b")).hasFieldOrPropertyWithValue("kind", Kind.REAL);
                assertThat(inner.entries().firstEntry().getValue().keyMark().column())
                        .isEqualTo(6);
            });
        });
        assertThat(mapping.get("c")).hasFieldOrPropertyWithValue("kind", Kind.NOTHING);
    }

    @Test
    void repeatsAnchors() {
        Mapping root = mapping(parse("a: &x [1, 2]\nb: *x\n"));
        assertThat(findings.errors()).isEmpty();
        assertThat(root.get("b")).isEqualTo(root.get("a"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            a: 1;b: 2;a: 3              | 3:1: a: this key is already set in line 1 (keep one of the two)
            s: {a: 1, b: {c: 1, c: 2}}  | 1:21: s.b.c: this key is already set in line 1 (keep one of the two)
            <<: {a: 1}                  | 1:1: : merge keys are not supported (use extends, or vars for shared values)
            a: !!str 1                  | 1:4: a: tags such as tag:yaml.org,2002:str are not supported (remove it: a spec names no types or classes)
            a: !java.io.File [x]        | 1:4: a: tags such as !java.io.File are not supported (remove it: a spec names no types or classes)
            1: x                        | 1:1: : a key must be text, found 1 (quote it if it is meant)
            true: x                     | 1:1: : a key must be text, found true (quote it if it is meant)
            ?;: x                       | 1:2: : a key must be text, found an empty key (quote it if it is meant)
            ? [a, b];: x                | 1:3: : a key must be text, found a list
            a: {{b: 1}: x}              | 1:5: a: a key must be text, found a section
            a: &k x;*k : 1              | 2:1: : a key must be text, found an alias
            a: *x                       | 1:4: a: no &x before this *x (use vars to share values)
            a: &x [1, *x]               | 1:11: a[1]: *x stands inside the value that it names (use vars to share values)
            a: 1;---;b: 2               | 2:1: : a second document begins here (one file holds one spec: remove the "---")
            %YAML 1.1;---;a: 1          | 1:1: : directives are not supported (remove the line that begins with "%")
            %TAG !e! tag:x,2000:;---;a: 1 | 1:1: : directives are not supported (remove the line that begins with "%")
            a:;→b: 1                    | 2:1: : a tab cannot stand here (indent with spaces)
            a: "x                       | 1:6: : not valid YAML while scanning a quoted scalar: found unexpected end of stream (check that every quote is closed)
            a: [1, 2                    | 1:9: : not valid YAML while parsing a flow sequence: expected ',' or ']', but got <stream end>
            a: 1;  b: 2                 | 2:4: : not valid YAML: mapping values are not allowed here
            a: @x                       | 1:4: : not valid YAML while scanning for the next token: found character '@' that cannot start any token
            a: b: c                     | 1:5: : not valid YAML: mapping values are not allowed here
            """)
    void refuses(String text, String expected) {
        assertThat(errors(text.replace(";", "\n").replace("→", "\t"))).containsExactly(expected);
    }

    @Test
    void findsSeveralProblemsInOnePass() {
        assertThat(errors("a: 1\na: 2\n1: x\nb: !t 3\n")).hasSize(3);
    }

    @Test
    void namesForbiddenCharacters() {
        assertThat(errors("a: 1\nb: x\u0007y\n")).containsExactly("2:5: : the character U+0007 is not allowed in YAML");
    }

    @Test
    void survivesDeepNesting() {
        assertThat(errors("[".repeat(100_000)))
                .containsExactly("1:25: [0]" + "[0]".repeat(23) + ": nested more than 24 levels deep");
    }

    @Test
    void survivesAliasBombs() {
        StringBuilder bomb = new StringBuilder("a0: &a0 [x]\n");
        for (int i = 1; i < 20; i++) {
            bomb.append("a%d: &a%d [*a%d, *a%d, *a%d, *a%d]%n".formatted(i, i, i - 1, i - 1, i - 1, i - 1));
        }
        assertThat(errors(bomb.toString())).singleElement().asString().contains("more than 20000 values");
    }

    @Test
    void survivesDeepAliases() {
        StringBuilder chain = new StringBuilder("a0: &a0 [x]\n");
        for (int i = 1; i < 40; i++) {
            chain.append("a%d: &a%d [*a%d]%n".formatted(i, i, i - 1));
        }
        assertThat(errors(chain.toString())).singleElement().asString().contains("nested more than 24 levels deep");
    }

    @Test
    void emptyTextHasNoValue() {
        assertThat(parse("")).isNull();
        assertThat(parse("# only a comment\n")).isNull();
        assertThat(findings.errors()).isEmpty();
    }

    @Test
    void countsCodePoints() {
        assertThat(errors("\uD83D\uDE00: {a: 1, a: 2}"))
                .singleElement()
                .asString()
                .startsWith("1:11:");
    }

    @Test
    void acceptsTheVersionOfYamlThatItReads() {
        assertThat(errors("%YAML 1.2\n---\na: 1\n")).isEmpty();
    }
}
