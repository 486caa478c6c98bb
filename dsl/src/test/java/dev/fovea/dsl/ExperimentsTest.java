package dev.fovea.dsl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fovea.dsl.spec.ExperimentSpec;
import dev.fovea.dsl.spec.ModelSpec;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The specs that the project ships are valid and say in their first lines what they are.
class ExperimentsTest {
    private static ResolvedSpec read(String name) {
        return SpecReader.read(Specs.project().resolve("experiments").resolve(name), List.of());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "quickstart.yaml",
                "ablations/encoder-ps3.yaml",
                "ablations/encoder-s2.yaml",
                "ablations/encoder-anyres.yaml",
                "ps3/ps3-1.5k-siglip.yaml",
                "ps3/ps3-4k-siglip.yaml",
                "ps3/ps3-4k-siglip2.yaml",
                "ps3/ps3-1.5k-siglip-paper.yaml",
                "ps3/ps3-1.5k-c-radiov2.yaml"
            })
    void areValidAndSayWhatTheyCost(String name) {
        ResolvedSpec spec = read(name);
        assertThat(spec.warnings()).isEmpty();
        List<String> lines = Specs.text(spec.file()).lines().limit(3).toList();
        assertThat(lines.get(0)).matches("# bin/fovea (run|validate) experiments/" + name.replace(".", "\\."));
        assertThat(lines.get(1)).startsWith("# Cost");
        assertThat(lines.get(2)).startsWith("# Result");
        assertThat(Path.of(name).getFileName()).hasToString(spec.spec().name() + ".yaml");
    }

    /// A bench, not a run: one pair has nothing to be contrasted with, which is all that is warned of.
    @Test
    void theStudyOfCostHasAllItsPoints() {
        Path file = Specs.project().resolve("experiments/scaling/near-constant-cost.yaml");
        Study study = SpecReader.readStudy(file, List.of());
        assertThat(Specs.warnings(study.baseline())).singleElement().asString().contains("batch.global: is 1");
        assertThat(Specs.text(file).lines().findFirst().orElseThrow())
                .startsWith("# bin/fovea bench step experiments/scaling/near-constant-cost.yaml");
        Sweep scales = study.sweep("scales").orElseThrow();
        assertThat(scales.points())
                .extracting(p -> p.spec().spec().model().ps3().scales().size())
                .containsExactly(1, 2, 3, 4, 2, 3, 4);
        assertThat(scales.points())
                .allSatisfy(p -> assertThat(p.spec().warnings()).hasSize(1));
        assertThat(scales.points().get(2).spec().key())
                .isEqualTo(study.baseline().key());
    }

    /// Numbers of the paper's recipe (ps3-spec 2.5, 1.13).
    @Test
    void theFullConfigurationsAreThoseOfThePaper() {
        ExperimentSpec small = read("ps3/ps3-1.5k-siglip.yaml").spec();
        ExperimentSpec large = read("ps3/ps3-4k-siglip.yaml").spec();
        assertThat(small.model().vision()).isEqualTo(new ModelSpec.Vision("vit", 1152, 27, 16, 4304, 14, "map"));
        assertThat(small.model().ps3().scales()).containsExactly(378, 756, 1512);
        assertThat(large.model().ps3().scales()).containsExactly(378, 756, 1512, 3780);
        assertThat(small.batch().global()).isEqualTo(8192);
        assertThat(large.batch().global()).isEqualTo(4096);
        assertThat(large.schedule()).isEqualTo(small.schedule());
        assertThat(large.schedule().length().canonical()).isEqualTo("75000000sa");
        assertThat(large.schedule().warmup().canonical()).isEqualTo("1500st");
        assertThat(large.optim()).isEqualTo(small.optim());
        assertThat(large.optim().lr()).isEqualTo(5e-6);
        assertThat(large.data()).isEqualTo(small.data());
        assertThat(large.loss()).isEqualTo(small.loss());
        assertThat(large.model().text().vocab()).isEqualTo(32000);
        assertThat(large.model().ps3().select().maxTokens()).isEqualTo(2560);
    }
}
