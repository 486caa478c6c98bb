package dev.fovea.dsl;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WarningsTest {
    private static List<String> with(String... overrides) {
        return Specs.warnings(Specs.read(Specs.MINIMAL, overrides));
    }

    @Test
    void aSensibleSpecHasNone() {
        assertThat(with()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            loss.contrast.weight=0 | override 1: loss.contrast.weight=0: is 0, so that this loss has no effect: towers are not trained to match
            loss.box.prior=0       | override 1: loss.box.prior=0: is 0, so that this loss has no effect: the bottom-up map is not trained
            loss.box.posterior=0.0 | override 1: loss.box.posterior=0.0: is 0, so that this loss has no effect: the top-down map is not trained
            batch.global=1         | override 1: batch.global=1: is 1, so that no pair is contrasted with another
            data.train.size=255    | override 1: data.train.size=255: 255 is below the largest scale 256, for which pictures are only enlarged
            data.captions.global_prob=1 | override 1: data.captions.global_prob=1: is 1, so that loss.box and loss.pool_tokens have no effect: they act on local captions only
            model.ps3.select.max_tokens=1281 | override 1: model.ps3.select.max_tokens=1281: of 1281 tokens only 1280 are used: the high scales have 1280 patches
            """)
    void warnsOf(String override, String expected) {
        assertThat(with(override)).containsExactly(expected);
    }

    /// 128 px has 256 patches, 256 px has 1024; what the last scale cannot take is lost (ps3-spec 1.6).
    @Test
    void countsTokensThatNoScaleTakes() {
        assertThat(with("model.ps3.select.max_tokens=1280")).isEmpty();
        assertThat(with("model.ps3.select.max_tokens=1100", "model.ps3.select.per_scale=[1000, 100]"))
                .isEmpty();
        assertThat(with("model.ps3.select.max_tokens=1100", "model.ps3.select.per_scale=[50, 1050]"))
                .isEmpty();
        assertThat(with("model.ps3.select.max_tokens=300", "model.ps3.select.first_scales=1"))
                .containsExactly("override 1: model.ps3.select.max_tokens=300: of 300 tokens only 256 are used:"
                        + " the high scales have 256 patches");
    }

    /// A baseline is one line over a spec of PS3: only what was written and has no effect is named.
    @Test
    void aBaselineHasNoMaps() {
        assertThat(with("model.encoder={type: s2}")).isEmpty();
        assertThat(with("model.encoder={type: anyres}", "loss.box.prior=0")).isEmpty();
        assertThat(with("model.encoder={type: s2}", "loss.box.posterior=2"))
                .containsExactly(
                        "override 2: loss.box.posterior=2: has no effect: model.encoder s2 has no selection maps");
        assertThat(with("model.encoder={type: anyres}", "loss.pool_tokens=all"))
                .containsExactly(
                        "override 2: loss.pool_tokens=all: has no effect: model.encoder anyres always pools the"
                                + " tokens inside the box");
    }

    @Test
    void manyAtOnceAreSorted() {
        assertThat(with("loss.box.posterior=0", "loss.box.prior=0")).hasSize(2).isSorted();
    }
}
