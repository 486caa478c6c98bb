package dev.fovea.dsl.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fovea.dsl.yaml.YamlNode.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.schema.CoreSchema;

class ScalarsTest {
    private static final List<String> WORDS = List.of(
            "~",
            "null",
            "Null",
            "NULL",
            "nUll",
            "true",
            "True",
            "TRUE",
            "tRue",
            "false",
            "False",
            "FALSE",
            "yes",
            "no",
            "on",
            "off",
            "0",
            "-0",
            "+0",
            "017",
            "0o17",
            "0o8",
            "0x1F",
            "0x",
            "0xg",
            "-0x1",
            "1_000",
            "12:30:00",
            "1.",
            ".5",
            "-.5",
            "+.5",
            ".",
            "-",
            "+",
            "-.",
            "1e3",
            "1E3",
            "1e",
            "1e+",
            "1e-3",
            "1.5e+07",
            "e3",
            ".e3",
            "-.inf",
            "+.inf",
            ".inf",
            ".Inf",
            ".INF",
            ".iNF",
            ".nan",
            ".NaN",
            ".NAN",
            "-.nan",
            "2026-11-22",
            "5e-6",
            "75M",
            "1500st",
            "1e5x",
            "--1",
            "+-1",
            "1-",
            "1.2.3",
            "٣",
            "１");

    @Test
    void agreesWithTheCoreSchemaOfTheEngine() {
        for (String word : WORDS) {
            assertSame(word);
        }
    }

    @Test
    void agreesOnRandomText() {
        long seed = 20261122;
        SplittableRandom random = new SplittableRandom(seed);
        String alphabet = "0123456789+-.eExXoO_:infaNtrue~ ";
        for (int i = 0; i < 20_000; i++) {
            StringBuilder text = new StringBuilder();
            int length = 1 + random.nextInt(6);
            for (int k = 0; k < length; k++) {
                text.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            String stripped = text.toString().strip();
            if (!stripped.isEmpty()) {
                assertSame(stripped);
            }
        }
    }

    private static void assertSame(String word) {
        Tag tag = new CoreSchema().getScalarResolver().resolve(word, true);
        Kind expected = tag.equals(Tag.INT)
                ? Kind.INTEGER
                : tag.equals(Tag.FLOAT)
                        ? Kind.REAL
                        : tag.equals(Tag.BOOL) ? Kind.FLAG : tag.equals(Tag.NULL) ? Kind.NOTHING : Kind.TEXT;
        assertThat(Scalars.kind(word)).as("\"%s\"", word).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"1", "-7", "+7", "007", "5e-6", "1.5e+07", ".5", "-.5", "1.", "0x1F", "0o17", ".inf", "-.INF"})
    void everyNumberHasAValue(String text) {
        assertThat(Scalars.kind(text)).isIn(Kind.INTEGER, Kind.REAL);
        assertThat(Scalars.real(text)).isNotNull();
    }

    @Test
    void readsValues() {
        assertThat(Scalars.real("5e-6")).isEqualTo(5e-6);
        assertThat(Scalars.real("0x1F")).isEqualTo(31);
        assertThat(Scalars.real("-.inf")).isEqualTo(Double.NEGATIVE_INFINITY);
        assertThat(Scalars.real(".nan")).isNaN();
        assertThat(Scalars.whole("0o17", Kind.INTEGER)).isEqualTo(15);
        assertThat(Scalars.whole("+017", Kind.INTEGER)).isEqualTo(17);
        assertThat(Scalars.whole("3e2", Kind.REAL)).isEqualTo(300);
        assertThat(Scalars.whole("9223372036854775807", Kind.INTEGER)).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void refusesWhatDoesNotFit() {
        List<Long> values = new ArrayList<>();
        values.add(Scalars.whole("9223372036854775808", Kind.INTEGER));
        values.add(Scalars.whole("2.5", Kind.REAL));
        values.add(Scalars.whole("1e300", Kind.REAL));
        values.add(Scalars.whole(".inf", Kind.REAL));
        values.add(Scalars.whole("1".repeat(301), Kind.INTEGER));
        assertThat(values).containsOnlyNulls();
        assertThat(Scalars.real("1".repeat(301))).isNull();
    }
}
