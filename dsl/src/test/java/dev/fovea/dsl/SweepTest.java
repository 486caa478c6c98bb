package dev.fovea.dsl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fovea.dsl.spec.ModelSpec;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Sweeps spread out into points, which are the baseline with a few values changed.
class SweepTest {
    private static Study study(String sweep, String... overrides) {
        return SpecReader.readStudyText(Specs.MINIMAL + sweep, Path.of("spec.yaml"), List.of(overrides));
    }

    private static Sweep only(Study study) {
        assertThat(study.sweeps()).hasSize(1);
        return study.sweeps().getFirst();
    }

    private static List<String> labels(Study study) {
        return only(study).points().stream().map(Sweep.Point::label).toList();
    }

    private static List<String> problems(String sweep) {
        try {
            Study study = study(sweep);
            throw new AssertionError("valid: " + study.sweeps());
        } catch (SpecException e) {
            return e.problems().stream().map(SpecProblem::headline).toList();
        }
    }

    @Test
    void aListHasPointsWithLabelsOrNamesOfWhatDiffers() {
        Study study = study("""
                sweep:
                  sizes:
                    list:
                      - {label: small, model.ps3.scales: [64, 128], seed: 1}
                      - {model.ps3.scales: [64, 256], seed: 1}
                      - {optim.lr: 2e-3, seed: 1}
                """);
        assertThat(labels(study)).containsExactly("small", "scales=[64, 256]", "lr=2e-3");
        Sweep.Point second = only(study).points().get(1);
        assertThat(second.spec().spec().model().ps3().scales()).containsExactly(64, 256);
        assertThat(second.spec().spec().seed()).isEqualTo(1);
        assertThat(second.settings())
                .containsExactly(
                        java.util.Map.entry("model.ps3.scales", "[64, 256]"), java.util.Map.entry("seed", "1"));
        assertThat(second.spec().origins().get("seed")).isEqualTo(new Origin("spec.yaml", 18, 45));
        assertThat(study.baseline().spec().seed()).isEqualTo(0);
        assertThat(study.sweep("sizes").orElseThrow().point("small")).isPresent();
        assertThat(study.sweep("nothing")).isEmpty();
    }

    @Test
    void aGridHasEveryCombinationLastAxisFastest() {
        Study study = study("sweep: {rates: {grid: {optim.lr: [1e-4, 1e-3], batch.global: [16, 32]}}}\n");
        assertThat(labels(study))
                .containsExactly(
                        "lr=1e-4, global=16", "lr=1e-4, global=32", "lr=1e-3, global=16", "lr=1e-3, global=32");
        assertThat(only(study).points().stream().map(p -> p.spec().key()).distinct())
                .hasSize(4);
        assertThat(only(study).points().getLast().spec().key())
                .isEqualTo(study.baseline().key());
    }

    @Test
    void aZipGoesAlongItsAxesTogether() {
        Study study = study("""
                vars: {budgets: [10, 20]}
                sweep: {looks: {zip: {model.ps3.select.max_tokens: "${vars.budgets}", run.threads: [1, 2]}}}
                """);
        assertThat(labels(study)).containsExactly("max_tokens=10, threads=1", "max_tokens=20, threads=2");
        assertThat(study.baseline().warnings()).as("budgets are used").isEmpty();
    }

    @Test
    void namesAreAsLongAsItTakesToTellKeysApart() {
        Study study = study("sweep: {w: {grid: {model.vision.width: [128, 256], model.text.width: [96]}}}\n");
        assertThat(labels(study)).containsExactly("vision.width=128", "vision.width=256");
    }

    @Test
    void aSectionMayBeReplaced() {
        Study study = study(
                "sweep: {e: {list: [{model.encoder: {type: s2}}, {model.encoder: {type: anyres}, model.ps3.scales: [64]}]}}\n");
        assertThat(only(study).points().get(0).spec().spec().model().encoder()).isInstanceOf(ModelSpec.S2.class);
        assertThat(only(study).points().get(1).spec().spec().model().ps3().scales())
                .containsExactly(64);
        assertThat(labels(study).getFirst()).isEqualTo("encoder={type: s2}");
    }

    @Test
    void aSweepIsNoPartOfTheRun() {
        String sweep = "sweep: {rates: {grid: {optim.lr: [1e-4, 1e-3]}}}\n";
        ResolvedSpec plain = Specs.read(Specs.MINIMAL);
        ResolvedSpec with = Specs.read(Specs.MINIMAL + sweep);
        assertThat(with.key()).isEqualTo(plain.key());
        assertThat(with.yaml(false)).isEqualTo(plain.yaml(false));
        assertThat(Specs.read(Specs.MINIMAL + "sweep: {a: {list: [{optim.lrr: 1}]}}\n")
                        .key())
                .as("points are checked with the study, not with the run")
                .isEqualTo(plain.key());
    }

    @Test
    void pointsWinOverOverrides() {
        Study study = study("sweep: {rates: {list: [{seed: 7}]}}\n", "seed=5", "batch.global=8");
        Sweep.Point point = only(study).points().getFirst();
        assertThat(point.label()).isEqualTo("seed=7");
        assertThat(point.spec().spec().seed()).isEqualTo(7);
        assertThat(point.spec().spec().batch().global()).isEqualTo(8);
        assertThat(study.baseline().spec().seed()).isEqualTo(5);
    }

    @Test
    void mistakesOfPointsAreToldWhereTheyStand() {
        assertThat(problems("sweep: {r: {grid: {optim.lrr: [1, 2], seed: [0, 1]}}}\n"))
                .containsExactly(
                        "spec.yaml:14:32: optim.lrr: unknown key, at \"lrr=1, seed=0\" of sweep r (did you mean \"lr\"?)",
                        "spec.yaml:14:35: optim.lrr: unknown key, at \"lrr=2, seed=0\" of sweep r (did you mean \"lr\"?)");
        assertThat(problems("sweep: {r: {list: [{label: odd, model.ps3.scales: [64, 130]}]}}\n"))
                .containsExactly("spec.yaml:14:56: model.ps3.scales[1]: 130 is not a multiple of model.vision.patch 8,"
                        + " at \"odd\" of sweep r (128 or 136 would)");
    }

    @Test
    void sectionsOfTheFileCannotBeSwept() {
        for (String key : List.of("extends", "vars.x", "sweep.y")) {
            assertThat(problems("sweep: {r: {list: [{" + key + ": 1}]}}\n"))
                    .containsExactly(
                            "spec.yaml:14:21: sweep.r.list[0]." + key + ": cannot be swept; set the keys themselves");
        }
    }

    @Test
    void textThatLooksLikeAReferenceStaysText() {
        Study study = study("sweep: {r: {list: [{doc: \"costs $${x}\"}, {doc: b}]}}\n");
        assertThat(only(study).points().getFirst().spec().spec().doc()).isEqualTo("costs ${x}");
    }

    @Test
    void tooManyPointsAreRefused() {
        String axis = "[" + "1, ".repeat(119) + "1]";
        assertThatThrownBy(() -> study("sweep: {r: {grid: {seed: " + axis + ", batch.global: " + axis + "}}}\n"))
                .hasMessageContaining("sweep.r.grid: more than 10000 points");
    }

    @Test
    void aScaleAloneIsForBaselines() {
        assertThat(Specs.problemsOf("model.ps3.scales=[64]"))
                .containsExactly("override 1: model.ps3.scales=[64]: no high scale to select patches from (add one;"
                        + " model.encoder: {type: anyres, grid: nearest-aspect} encodes the low scale alone)");
        ResolvedSpec alone = Specs.read(
                Specs.MINIMAL, "model.ps3.scales=[64]", "model.encoder={type: anyres, grid: nearest-aspect}");
        assertThat(alone.warnings()).isEmpty();
    }
}
