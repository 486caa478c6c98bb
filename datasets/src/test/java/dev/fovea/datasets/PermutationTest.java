package dev.fovea.datasets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PermutationTest {
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 15, 16, 17, 63, 64, 65, 1000, 5000})
    void hitsEveryElementOnce(long size) {
        for (long seed = 0; seed < 5; seed++) {
            Permutation permutation = new Permutation(seed, size);
            assertThat(LongStream.range(0, size).map(permutation::at).sorted().toArray())
                    .as("seed %d", seed)
                    .isEqualTo(LongStream.range(0, size).toArray());
        }
    }

    @Test
    void movesMostElementsAndDependsOnTheSeed() {
        Permutation one = new Permutation(1, 1000);
        Permutation two = new Permutation(2, 1000);
        assertThat(LongStream.range(0, 1000).filter(i -> one.at(i) == i).count())
                .isLessThan(20);
        assertThat(LongStream.range(0, 1000).filter(i -> one.at(i) == two.at(i)).count())
                .isLessThan(20);
    }

    @Test
    void refusesWhatIsOutside() {
        assertThatThrownBy(() -> new Permutation(1, 7).at(7)).hasMessage("index 7 of 7");
        assertThatThrownBy(() -> new Permutation(1, 0)).hasMessageContaining("not 0");
    }
}
