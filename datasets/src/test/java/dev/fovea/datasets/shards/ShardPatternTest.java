package dev.fovea.datasets.shards;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fovea.datasets.DataException;
import org.junit.jupiter.api.Test;

class ShardPatternTest {
    @Test
    void expandsRanges() {
        assertThat(ShardPattern.expand("a/x-{008..011}.tar"))
                .containsExactly("a/x-008.tar", "a/x-009.tar", "a/x-010.tar", "a/x-011.tar");
        assertThat(ShardPattern.expand("{1..2}-{0..1}.tar"))
                .containsExactly("1-0.tar", "1-1.tar", "2-0.tar", "2-1.tar");
        assertThat(ShardPattern.expand("plain.tar")).containsExactly("plain.tar");
        assertThat(ShardPattern.expand("{000000..000999}")).hasSize(1000).endsWith("000999");
    }

    @Test
    void refusesWhatIsNoRange() {
        for (String bad : new String[] {"{a,b}.tar", "x{1..}.tar", "x}.tar", "{3..2}.tar", "{0..99999999}.tar"}) {
            assertThatThrownBy(() -> ShardPattern.expand(bad))
                    .as(bad)
                    .isInstanceOf(DataException.class)
                    .hasMessageStartingWith("shard pattern " + bad);
        }
    }
}
