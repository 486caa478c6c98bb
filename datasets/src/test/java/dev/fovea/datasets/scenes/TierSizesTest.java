package dev.fovea.datasets.scenes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fovea.datasets.Tier;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TierSizesTest {
    @Test
    void isTheReferenceAtFullSize() {
        TierSizes sizes = TierSizes.of(3780);
        assertThat(ends(sizes.large())).containsExactly(160, 400);
        assertThat(ends(sizes.medium())).containsExactly(64, 144);
        assertThat(ends(sizes.small())).containsExactly(20, 34);
        assertThat(sizes.large()).hasSizeBetween(8, 16);
    }

    @Test
    void staysVisibleInSmallScenes() {
        TierSizes sizes = TierSizes.of(256);
        assertThat(ends(sizes.large())).containsExactly(40, 85);
        assertThat(ends(sizes.medium())).containsExactly(20, 36);
        assertThat(ends(sizes.small())).containsExactly(12, 18);
    }

    @ParameterizedTest
    @ValueSource(ints = {32, 33, 64, 97, 128, 200, 378, 512, 756, 1000, 1512, 2500, 3780})
    void tiersAscendWithoutOverlap(int side) {
        TierSizes sizes = TierSizes.of(side);
        for (Tier tier : Tier.values()) {
            assertThat(sizes.of(tier))
                    .as("%d px %s", side, tier)
                    .isNotEmpty()
                    .isSorted()
                    .doesNotHaveDuplicates();
        }
        assertThat(sizes.small().getFirst()).isGreaterThanOrEqualTo(4);
        assertThat(sizes.small().getLast()).isLessThanOrEqualTo(sizes.medium().getFirst());
        assertThat(sizes.medium().getLast()).isLessThanOrEqualTo(sizes.large().getFirst());
        assertThat(sizes.large().getLast())
                .isLessThanOrEqualTo(Math.max(side / 3, sizes.large().getFirst()));
    }

    private static List<Integer> ends(List<Integer> sizes) {
        return List.of(sizes.getFirst(), sizes.getLast());
    }
}
