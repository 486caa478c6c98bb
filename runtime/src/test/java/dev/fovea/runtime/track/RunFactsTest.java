package dev.fovea.runtime.track;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RunFactsTest {
    @Test
    void parametersAreFlatAndOnlyWhatIsComputed() {
        assertThat(RunFacts.parametersOf("""
                        fovea: v1
                        name: quick
                        doc: |
                          two lines
                        seed: 12
                        model:
                          type: ps3
                          ps3: {scales: [378, 756], smooth: true, per_scale: null}
                        optim: {lr: 5.0e-06, betas: [0.9, 0.95]}
                        data: {captions: []}
                        run: {threads: 8}
                        tracking: {uri: "http://u:p@h"}
                        """))
                .containsExactly(
                        entry("seed", "12"),
                        entry("model.type", "ps3"),
                        entry("model.ps3.scales.0", "378"),
                        entry("model.ps3.scales.1", "756"),
                        entry("model.ps3.smooth", "true"),
                        entry("model.ps3.per_scale", ""),
                        entry("optim.lr", "5.0E-6"),
                        entry("optim.betas.0", "0.9"),
                        entry("optim.betas.1", "0.95"));
    }

    @Test
    void textThatIsNoSpecIsRefused() {
        assertThatThrownBy(() -> RunFacts.parametersOf("- a\n- b"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("a mapping was expected");
        assertThatThrownBy(() -> RunFacts.parametersOf("a: [1"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("resolved spec: ");
    }

    @Test
    void backOffGrowsUpToItsLimit() {
        Pace pace = new Pace(
                Duration.ofSeconds(5),
                Duration.ofSeconds(1),
                Duration.ofSeconds(2),
                Duration.ofSeconds(60),
                Duration.ofSeconds(1));
        long seed = 3;
        SplittableRandom random = new SplittableRandom(seed);
        double[] expected = {5, 2, 4, 8, 16, 32, 60, 60, 60};
        for (int failures = 0; failures < expected.length; failures++) {
            for (int i = 0; i < 50; i++) {
                assertThat(pace.next(failures, random).toMillis() / 1000.0)
                        .as("seed %d, %d failures", seed, failures)
                        .isBetween(expected[failures] * 0.749, expected[failures] * 1.251);
            }
        }
        assertThat(pace.next(10_000, random)).isLessThan(Duration.ofSeconds(76));
    }
}
