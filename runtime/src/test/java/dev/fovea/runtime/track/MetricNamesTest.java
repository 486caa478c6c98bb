package dev.fovea.runtime.track;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MetricNamesTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "loss/total        | loss/total",
                "eval/seen/R@1     | eval/seen/R_at_1",
                "größe 漢.b-c_d    | größe 漢.b-c_d",
                "a=b,c(d)%'\"\\    | a_b_c_d_____",
                "C:x               | C_x",
                "/a//b/            | a/b",
                "../a/./b          | _/a/_/b",
                "` `               | _",
                "a/ b /c           | a/b/c",
                "`a\nb`            | a_b",
            })
    void illegalCharactersAndPathsAreReplaced(String name, String legal) {
        assertThat(new MetricNames().legal(name)).isEqualTo(legal);
    }

    @Test
    void noNameIsTheFolderOfAnother() {
        MetricNames names = new MetricNames();
        assertThat(names.legal("loss")).isEqualTo("loss");
        assertThat(names.legal("loss/contrast")).isEqualTo("loss.contrast");
        assertThat(names.legal("loss/box/up")).isEqualTo("loss.box/up");
        assertThat(names.legal("eval/x/y")).isEqualTo("eval/x/y");
        assertThat(names.legal("eval/x")).isEqualTo("eval/x_2");
        assertThat(names.legal("eval")).isEqualTo("eval_2");
        assertThat(names.legal("loss")).isEqualTo("loss");
    }

    @Test
    void differentNamesStayDifferent() {
        MetricNames names = new MetricNames();
        assertThat(names.legal("a@b")).isEqualTo("a_at_b");
        assertThat(names.legal("a_at_b")).isEqualTo("a_at_b_2");
        assertThat(names.legal("a_at_b_2")).isEqualTo("a_at_b_2_2");
        String longName = "x".repeat(400);
        assertThat(names.legal(longName + "1")).hasSize(250).isNotEqualTo(names.legal(longName + "2"));
    }

    /// Any names in any order: legal, distinct, no folders of each other, the same in a second replay.
    @Test
    void anyNamesBecomeLegal() {
        for (long seed = 0; seed < 200; seed++) {
            List<String> given = given(seed);
            MetricNames names = new MetricNames();
            List<String> legal = given.stream().map(names::legal).toList();
            String what = "seed " + seed + ": " + given + " -> " + legal;
            assertThat(legal).as(what).doesNotHaveDuplicates().allMatch(n -> n.length() <= 250);
            for (String a : legal) {
                assertThat(a).as(what).matches("[\\p{L}\\p{N}_\\-. /]+").doesNotMatch("(.*/)?\\.{1,2}(/.*)?");
                assertThat(legal).as(what).noneMatch(b -> b.startsWith(a + "/"));
            }
            MetricNames second = new MetricNames();
            assertThat(given.stream().map(second::legal).toList()).as(what).isEqualTo(legal);
        }
    }

    private static List<String> given(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        String alphabet = "ab/._@:%2";
        List<String> given = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            StringBuilder name = new StringBuilder();
            for (int k = random.nextInt(1, 6); k > 0; k--) {
                name.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            if (random.nextInt(10) == 0) {
                name.append("/").append("long ".repeat(60));
            }
            if (!given.contains(name.toString())) {
                given.add(name.toString());
            }
        }
        return given;
    }

    @Test
    void cutTextsKeepWholeCharacters() {
        assertThat(MetricNames.cut("abc", 3)).isEqualTo("abc");
        assertThat(MetricNames.cut("abcd", 3)).isEqualTo("ab…");
        assertThat(MetricNames.cut("a🔔bcd", 3)).isEqualTo("a…");
    }
}
