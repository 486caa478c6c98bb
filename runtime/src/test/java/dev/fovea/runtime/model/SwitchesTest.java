package dev.fovea.runtime.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fovea.dsl.spec.LossSpec;
import dev.fovea.dsl.spec.ModelSpec;
import dev.fovea.dsl.spec.OptimSpec;
import dev.fovea.runtime.train.PreTraining;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The whole training step with the reference's switches set otherwise than in the released models: every
/// parameter's gradient against a difference quotient.
class SwitchesTest {
    private static final ModelSpec TINY = WholeModelTest.tiny();
    private static final ModelSpec.Select SELECT = TINY.ps3().select();

    private static LossSpec loss(String box, LossSpec.PriorTarget target, LossSpec.SelectWith select) {
        return new LossSpec(
                new LossSpec.Contrast("siglip", 1, 10, -10),
                LossSpec.PoolTokens.ALL,
                select,
                new LossSpec.Box(1, 0.5, box, target));
    }

    private static final LossSpec PAPER =
            loss("bce+dice", LossSpec.PriorTarget.ALL_BOXES, LossSpec.SelectWith.STRATEGY);
    private static final LossSpec CODE = loss("bce", LossSpec.PriorTarget.SAMPLED_BOX, LossSpec.SelectWith.STRATEGY);

    @Test
    void thePapersLosses() {
        assertThat(WholeModelTest.checkedGradients(TINY, PAPER, 32, 32)).hasSizeGreaterThan(60);
    }

    @ParameterizedTest
    @CsvSource({"32, 16", "20, 32", "48, 48", "9, 32"})
    void oblongAndLargerPictures(int height, int width) {
        assertThat(WholeModelTest.checkedGradients(TINY, CODE, height, width))
                .contains("vision_model.pos_emb_residual.0", "vision_model.pos_emb_residual.1");
    }

    /// Random selection, because a difference quotient must not change the choice.
    @ParameterizedTest
    @CsvSource({"AREA, SHARED", "GAUSSIAN, PER_SCALE", "NONE, PER_SCALE"})
    void smoothingAndAMapForEachScale(ModelSpec.Smooth smooth, ModelSpec.ScoreMaps maps) {
        ModelSpec.Select random =
                new ModelSpec.Select(ModelSpec.Strategy.RANDOM, SELECT.fromLayers(), 12, null, SELECT.highresFeature());
        ModelSpec model = TINY.with(random.withScores(smooth, maps));
        assertThat(WholeModelTest.checkedGradients(model, PAPER, 32, 32)).hasSizeGreaterThan(60);
    }

    @ParameterizedTest
    @CsvSource({"BOTTOM_UP", "RANDOM", "GROUND_TRUTH"})
    void otherStrategiesWithRandomTiesAntialiasingAndWithoutCache(ModelSpec.Strategy strategy) {
        ModelSpec.Select select = new ModelSpec.Select(
                strategy,
                List.of(1),
                9,
                List.of(4, 5),
                null,
                ModelSpec.Smooth.NONE,
                2,
                ModelSpec.ScoreMaps.SHARED,
                1,
                ModelSpec.Budgets.RELEASED,
                ModelSpec.Ties.RANDOM);
        ModelSpec model = new ModelSpec(
                TINY.vision(), new ModelSpec.Ps3(List.of(8, 16, 32), select, false, false, true), TINY.text());
        assertThat(WholeModelTest.checkedGradients(model, CODE, 32, 32))
                .doesNotContain("vision_model.pos_emb_residual.0")
                .hasSizeGreaterThan(40);
    }

    @Test
    void onlySelectionIsTrained() {
        OptimSpec optim = new OptimSpec("adamw", 1e-3, List.of(0.9, 0.95), 1e-8, 0.1, 0, OptimSpec.Trained.SELECTION);
        PreTraining.Built built = PreTraining.build(TINY, CODE, new PreTraining.Size(2, 32, 32), optim, false);
        assertThat(built.gradients().keySet())
                .contains("vision_model.prior_prompt", "text_model.prompt_proj.fc1.weight")
                .allMatch(n -> n.contains("select") || n.contains("prompt"));
        assertThat(built.untrained()).isEmpty();
        assertThat(built.parameters()).hasSizeGreaterThan(built.gradients().size() + 40);
    }

    /// A cropped position table, no final norm, an adapter (ps3-spec 1.11), and a text tower in CLIP's style.
    @Test
    void radioTowerAndClipTexts() {
        ModelSpec.Vision radio = new ModelSpec.Vision(
                "vit", 8, 2, 2, 12, 4, "map", ModelSpec.Positions.CROP, 9, false, new ModelSpec.Adapter(10, 2, 6, 7));
        ModelSpec.Text clip =
                new ModelSpec.Text("transformer", 8, 1, 2, 12, 5, 11, "argmax", ModelSpec.Gelu.ERF, true, 1e-5, false);
        List<String> names = WholeModelTest.checkedGradients(new ModelSpec(radio, TINY.ps3(), clip), CODE, 32, 32);
        assertThat(names)
                .contains(
                        "vision_model.trunk.siglip_proj.blocks.1.2.weight",
                        "vision_model.trunk.siglip_proj.final.0.bias",
                        "text_model.text_projection")
                .doesNotContain("vision_model.trunk.norm.weight");
    }
}
