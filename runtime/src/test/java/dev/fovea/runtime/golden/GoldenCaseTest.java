package dev.fovea.runtime.golden;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/// The recorded cases can be read, and a wrong value is found.
class GoldenCaseTest {
    @Test
    void everyTensorHasTheShapeOfItsConfig() {
        int tensors = 0;
        for (GoldenCase golden : GoldenCase.all("")) {
            for (String output : golden.outputs()) {
                GoldenCase.Values values = golden.output(output);
                long[] shape = golden.config()
                        .get("outputs")
                        .get(output)
                        .get("shape")
                        .valueStream()
                        .mapToLong(size -> size.longValue())
                        .toArray();
                assertThat(values.shape()).as("%s %s", golden, output).isEqualTo(shape);
                golden.check(output, values.data());
                tensors++;
            }
        }
        assertThat(tensors).isEqualTo(766);
    }

    @Test
    void picturesAreNormalized() {
        GoldenCase golden = GoldenCase.named("01_lowres_square");
        double[] stored = golden.input("pixel_values_u8").data();
        double[] values = golden.input("pixel_values").data();
        assertThat(golden.input("pixel_values").shape()).containsExactly(2, 3, 72, 72);
        for (int i = 0; i < values.length; i++) {
            float scaled = (float) stored[i] / 255f;
            assertThat(values[i]).isBetween(-1.0, 1.0).isEqualTo((double) ((scaled - 0.5f) / 0.5f));
        }
    }

    @Test
    void modelsHaveWeights() {
        GoldenCase golden = GoldenCase.named("04_pretrain_4scale");
        assertThat(golden.hasModel()).isTrue();
        assertThat(golden.modelConfig().get("name").stringValue()).isEqualTo("C_open");
        assertThat(golden.weight("logit_scale").shape()).isEmpty();
        assertThat(golden.weight("vision_model.trunk.patch_embed.proj.weight").shape())
                .containsExactly(48, 3, 7, 7);
    }

    @Test
    void aWrongElementIsNamed() {
        GoldenCase golden = GoldenCase.named("08_siglip");
        double[] logits = golden.output("logits").data();
        double right = logits[13];
        logits[3] += 1e-4;
        logits[13] += 0.5;
        assertThatThrownBy(() -> golden.check("logits", logits))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("08_siglip, logits[5, 5]: 2 of 25")
                .hasMessageContaining("worst at [2, 3]: %.9g, expected %.9g".formatted(right + 0.5, right));
    }

    @Test
    void nanAndWrongLengthFail() {
        GoldenCase golden = GoldenCase.named("08_siglip");
        double[] logits = golden.output("logits").data();
        logits[24] = Double.NaN;
        assertThatThrownBy(() -> golden.check("logits", logits))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("worst at [4, 4]: NaN");
        assertThatThrownBy(() -> golden.check("logits", new double[24]))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("24 elements, expected 25");
    }
}
