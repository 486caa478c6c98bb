package dev.fovea.dsl.keys;

import dev.fovea.dsl.spec.Duration;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/// What the tables say of one record component beyond its type.
final class Row {
    /// Whole numbers up to this one are exact in JSON and YAML readers of every language.
    static final double LARGEST_SEED = 0x1p53 - 1;

    final String doc;
    String example = "";
    double min = Double.NEGATIVE_INFINITY;
    boolean minIncluded = true;
    double max = Double.POSITIVE_INFINITY;
    boolean maxIncluded = true;
    int minItems;
    int maxItems = 1000;
    List<String> choices = List.of();
    List<String> notBuilt = List.of();
    int longest;
    EnumSet<Duration.Unit> units = EnumSet.noneOf(Duration.Unit.class);
    Duration.@Nullable Unit implied;
    boolean zero;

    @Nullable
    Object fallback;

    final SequencedMap<String, @Nullable Object> words = new LinkedHashMap<>();

    Row(String doc) {
        this.doc = doc;
    }

    /// A value for the guide and for messages.
    Row example(String yaml) {
        example = yaml;
        return this;
    }

    /// The value if the key is left out.
    Row or(Object value) {
        fallback = value;
        return this;
    }

    /// A further word with the value it stands for; the first also is the fallback if there is no other.
    Row word(String word, @Nullable Object value) {
        words.put(word, value);
        if (fallback == null) {
            fallback = word;
        }
        return this;
    }

    Row from(double smallest) {
        min = smallest;
        return this;
    }

    Row above(double limit) {
        min = limit;
        minIncluded = false;
        return this;
    }

    Row to(double largest) {
        max = largest;
        return this;
    }

    Row below(double limit) {
        max = limit;
        maxIncluded = false;
        return this;
    }

    Row items(int fewest, int most) {
        minItems = fewest;
        maxItems = most;
        return this;
    }

    Row oneOf(String... words) {
        choices = List.of(words);
        return this;
    }

    Row planned(String... words) {
        notBuilt = List.of(words);
        return this;
    }

    /// Text on one line that must not be blank.
    Row oneLine(int mostCharacters) {
        longest = mostCharacters;
        return this;
    }

    Row unit(Duration.Unit first, Duration.Unit... others) {
        units = EnumSet.of(first, others);
        return this;
    }

    /// The unit of a bare number.
    Row bare(Duration.Unit unit) {
        implied = unit;
        return this;
    }

    Row orZero() {
        zero = true;
        return this;
    }
}
