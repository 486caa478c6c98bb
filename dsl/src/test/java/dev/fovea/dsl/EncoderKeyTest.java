package dev.fovea.dsl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fovea.dsl.spec.ModelSpec;
import dev.fovea.dsl.spec.ModelSpec.AnyRes;
import dev.fovea.dsl.spec.ModelSpec.GridSize;
import dev.fovea.dsl.spec.ModelSpec.Merge;
import dev.fovea.dsl.spec.ModelSpec.S2;
import dev.fovea.dsl.spec.ModelSpec.SelectedPatches;
import dev.fovea.dsl.spec.ModelSpec.TileRule;
import org.junit.jupiter.api.Test;

/// The key `model.encoder`: a choice with a default, and what a baseline makes of the rest of a spec.
class EncoderKeyTest {
    private static ResolvedSpec with(String encoder) {
        return Specs.read(Specs.MINIMAL, "model.encoder=" + encoder);
    }

    private static ModelSpec.Encoder encoder(String text) {
        return with(text).spec().model().encoder();
    }

    @Test
    void leftOutItSelectsPatches() {
        ResolvedSpec plain = Specs.read(Specs.MINIMAL);
        assertThat(plain.spec().model().encoder()).isEqualTo(new SelectedPatches());
        assertThat(with("{type: ps3}").key()).isEqualTo(plain.key());
        assertThat(plain.spec().eval().tasks()).containsExactly("local-retrieval", "selection-recall");
    }

    @Test
    void theBaselinesHaveDefaults() {
        assertThat(encoder("{type: s2}")).isEqualTo(new S2(GridSize.LARGEST));
        assertThat(encoder("{type: s2, size: smallest}")).isEqualTo(new S2(GridSize.SMALLEST));
        assertThat(encoder("{type: anyres}")).isEqualTo(new AnyRes(0, TileRule.BEST_FIT, Merge.SPATIAL));
        assertThat(encoder("{type: anyres, max_tiles: 9, grid: nearest-aspect, merge: spatial-unpad}"))
                .isEqualTo(new AnyRes(9, TileRule.NEAREST_ASPECT, Merge.SPATIAL_UNPAD));
        assertThat(with("{type: s2}").key()).isNotEqualTo(with("{type: anyres}").key());
    }

    /// What is printed must read back, so the task that a baseline cannot do is not in its defaults.
    @Test
    void aBaselineMeasuresNoSelection() {
        ResolvedSpec s2 = with("{type: s2}");
        assertThat(s2.spec().eval().tasks()).containsExactly("local-retrieval");
        assertThat(Specs.read(s2.yaml(false)).spec()).isEqualTo(s2.spec());
        assertThat(Specs.problemsOf("model.encoder={type: s2}", "eval.tasks=[local-retrieval, selection-recall]"))
                .containsExactly("override 2: eval.tasks=[local-retrieval, selection-recall]: eval.tasks[1]:"
                        + " selection-recall needs selection maps, which model.encoder s2 does not have"
                        + " (write tasks: [local-retrieval])");
    }

    @Test
    void aBaselineWithoutContrastTrainsNothing() {
        assertThat(Specs.problemsOf("model.encoder={type: s2}", "loss.contrast.weight=0"))
                .singleElement()
                .asString()
                .contains("nothing to train");
    }

    @Test
    void anotherTypeOrKeyIsNamed() {
        assertThat(Specs.problemsOf("model.encoder={type: s3}"))
                .singleElement()
                .asString()
                .contains("expected ps3 or s2 or anyres");
        assertThat(Specs.problemsOf("model.encoder={type: s2, max_tiles: 4}"))
                .singleElement()
                .asString()
                .contains("model.encoder.max_tiles", "unknown key");
    }
}
