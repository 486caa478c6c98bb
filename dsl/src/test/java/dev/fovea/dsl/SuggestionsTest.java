package dev.fovea.dsl;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SuggestionsTest {
    @ParameterizedTest
    @CsvSource({"piror, prior, 1", "kitten, sitting, 3", "a, '', 1", "'', '', 0", "ca, abc, 3", "same, same, 0"})
    void countsEdits(String a, String b, int expected) {
        assertThat(Suggestions.distance(a, b)).isEqualTo(expected);
        assertThat(Suggestions.distance(b, a)).isEqualTo(expected);
    }

    @Test
    void suggestsOnlyWhatIsNear() {
        List<String> known = List.of("prior", "posterior", "type");
        assertThat(Suggestions.didYouMean("piror", known)).isEqualTo("did you mean \"prior\"?");
        assertThat(Suggestions.didYouMean("Prior", known)).isEqualTo("did you mean \"prior\"?");
        assertThat(Suggestions.didYouMean("posteriour", known)).isEqualTo("did you mean \"posterior\"?");
        assertThat(Suggestions.didYouMean("weight", known)).isNull();
        assertThat(Suggestions.didYouMean("x".repeat(100_000), known)).isNull();
        assertThat(Suggestions.didYouMean("", known)).isNull();
        assertThat(Suggestions.didYouMean("x", List.of("n"))).isNull();
    }
}
