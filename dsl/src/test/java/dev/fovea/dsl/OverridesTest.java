package dev.fovea.dsl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fovea.dsl.spec.Duration;
import dev.fovea.dsl.spec.ExperimentSpec;
import dev.fovea.dsl.spec.ModelSpec;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OverridesTest {
    private static ExperimentSpec with(String... overrides) {
        return Specs.read(Specs.MINIMAL, overrides).spec();
    }

    @Test
    void setValuesOfEveryKind() {
        assertThat(with("optim.lr=1e-2").optim().lr()).isEqualTo(0.01);
        assertThat(with("model.ps3.scales=[64,128]").model().ps3().scales()).containsExactly(64, 128);
        assertThat(with("model.ps3.select.per_scale=[32, 128]")
                        .model()
                        .ps3()
                        .select()
                        .perScale())
                .containsExactly(32, 128);
        assertThat(with("model.ps3.select.strategy=random")
                        .model()
                        .ps3()
                        .select()
                        .strategy())
                .isEqualTo(ModelSpec.Strategy.RANDOM);
        assertThat(with("loss.box={prior: 0.5, posterior: 2}").loss().box().posterior())
                .isEqualTo(2);
        assertThat(with("schedule.length=2ksa").schedule().length())
                .isEqualTo(new Duration(2000, Duration.Unit.SAMPLES));
        assertThat(with("name=\"a b\"").name()).isEqualTo("a b");
        assertThat(with("doc=a: b # no comment").doc()).isEqualTo("a: b # no comment");
        assertThat(with("doc=").doc()).isEmpty();
        assertThat(with("tracking.uri=http://h:1/?a=b").tracking().uri()).isEqualTo("http://h:1/?a=b");
    }

    @Test
    void laterOnesWin() {
        ResolvedSpec spec = Specs.read(Specs.MINIMAL, "seed=1", "seed=2");
        assertThat(spec.spec().seed()).isEqualTo(2);
        assertThat(spec.origins().get("seed")).isEqualTo(new Origin("override 2", 1, 6));
    }

    @Test
    void sectionsMergeAndListsReplace() {
        ModelSpec.Select select = with(
                        "model.ps3.select.highres_feature={kernel: 14}",
                        "model.ps3.select.highres_feature.depth=1",
                        "model.ps3.select.from_layers=[3]")
                .model()
                .ps3()
                .select();
        assertThat(select.highresFeature()).isEqualTo(new ModelSpec.HighresFeature(1512, 512, 512, 1, 14, "mean"));
        assertThat(select.fromLayers()).containsExactly(3);
        assertThat(with("model.ps3.select.highres_feature.depth=1", "model.ps3.select.highres_feature=none")
                        .model()
                        .ps3()
                        .select()
                        .highresFeature())
                .isNull();
    }

    @Test
    void anotherTypeReplacesTheSection() {
        ExperimentSpec spec = with("data.train={type: image-text-box, images: a.tar, text_boxes: b.tar}");
        assertThat(spec.data().train()).hasFieldOrPropertyWithValue("images", "a.tar");
    }

    @Test
    void setVars() {
        ResolvedSpec spec =
                Specs.read(Specs.MINIMAL.replace("400st", "\"${vars.n}\"") + "vars: {n: 5st}\n", "vars.n=7st");
        assertThat(spec.spec().schedule().length().amount()).isEqualTo(7);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            optim.lrr=1          | override 1: optim.lrr=1: unknown key (did you mean "lr"?)
            optim.lr=fast        | override 1: optim.lr=fast: expected a number above 0 and at most 1000, found text "fast" (e.g. lr: 5e-6)
            optim.lr             | override 1: optim.lr: expected key=value (e.g. optim.lr=1e-3)
            =1                   | override 1: =1: expected key=value (e.g. optim.lr=1e-3)
            a..b=1               | override 1: a..b=1: expected a dotted key before "=" (e.g. optim.lr=1e-3)
            .a=1                 | override 1: .a=1: expected a dotted key before "=" (e.g. optim.lr=1e-3)
            a b=1                | override 1: a b=1: expected a dotted key before "=" (e.g. optim.lr=1e-3)
            extends=x.yaml       | override 1: extends=x.yaml: cannot be overridden: files are read before overrides
            optim=1              | override 1: optim=1: expected a section with keys type, lr, betas, eps, weight_decay, grad_clip, train; found integer 1
            optim.lr.x=1         | override 1: optim.lr.x=1: optim.lr: expected a number above 0 and at most 1000, found a section (e.g. lr: 5e-6)
            optim.betas=[0.9, 2] | override 1: optim.betas=[0.9, 2]: optim.betas[1]: expected a number of at least 0 and below 1, found integer 2 (e.g. betas: [0.9, 0.95])
            optim.betas.0=0.9    | override 1: optim.betas.0=0.9: optim.betas: expected a list of 2 numbers, each of at least 0 and below 1, found a section (e.g. betas: [0.9, 0.95])
            optim.betas=[0.9     | override 1: optim.betas=[0.9: not valid YAML while parsing a flow sequence: expected ',' or ']', but got <stream end>
            optim={lr: 1, lr: 2} | override 1: optim={lr: 1, lr: 2}: optim.lr: this key is already set in line 1 (keep one of the two)
            seed=!!int 1         | override 1: seed=!!int 1: expected a whole number of at least 0, found text "!!int 1" (e.g. seed: 0)
            seed="1"             | override 1: seed="1": expected a whole number of at least 0, found text "1" (remove the quotes)
            optim.lr=null        | override 1: optim.lr=null: expected a number above 0 and at most 1000, found nothing (e.g. lr: 5e-6)
            model.vision.patch=7 | override 1: model.vision.patch=7: model.ps3.scales[0]: 64 is not a multiple
            """)
    void refuses(String override, String expected) {
        if (expected.endsWith("multiple")) {
            assertThat(Specs.problemsOf(override)).hasSize(3).allMatch(p -> p.startsWith("spec.yaml:6:"));
        } else {
            assertThat(Specs.problemsOf(override)).containsExactly(expected);
        }
    }

    @Test
    void problemsOfOverridesComeLastAndAllAtOnce() {
        List<String> problems = Specs.problems(Specs.MINIMAL + "zzz: 1\n", "optim.lrr=1", "seed=x", "foo");
        assertThat(problems).hasSize(4);
        assertThat(problems.getFirst()).startsWith("spec.yaml:14:1: zzz");
        assertThat(problems.get(1)).startsWith("override 1: ");
        assertThat(problems.get(3)).startsWith("override 3: ");
    }

    @Test
    void problemsOfOverridesHaveAPlaceForProgramsToo() {
        try {
            Specs.read(Specs.MINIMAL, "seed=1", "optim.lrr=1");
            throw new AssertionError("valid");
        } catch (SpecException e) {
            assertThat(e.problems())
                    .containsExactly(new SpecProblem(
                            "override 2", 1, 7, "optim.lrr", "unknown key", "did you mean \"lr\"?", "optim.lrr=1"));
            assertThat(e.report(false)).isEqualTo("""
                    override 2: optim.lrr=1: unknown key (did you mean "lr"?)
                    1 problem
                    """);
        }
    }

    @Test
    void credentialsInOverridesAreNotRepeated() {
        assertThat(Specs.problemsOf("tracking.uri=http://me:secret@host/"))
                .singleElement()
                .asString()
                .startsWith("override 1: tracking.uri=http://***@host/: credentials do not belong in a spec");
    }
}
