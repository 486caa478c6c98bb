package dev.fovea.dsl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fovea.dsl.spec.ExperimentSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExtendsTest {
    @TempDir
    private Path folder = Path.of("");

    private Path file(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(
                folder.resolve(name).resolveSibling("x").normalize().getParent());
        return Files.writeString(file, text);
    }

    private List<String> problems(Path file) {
        try {
            throw new AssertionError(
                    "valid: " + SpecReader.read(file, List.of()).key());
        } catch (SpecException e) {
            return e.problems().stream()
                    .map(problem -> problem.headline().replace(folder + "/", ""))
                    .toList();
        }
    }

    @Test
    void laterFilesWinAndTheFileItselfLast() throws IOException {
        file("base/minimal.yaml", Specs.MINIMAL);
        file("base/other.yaml", "optim: {lr: 2, eps: 1e-5}\nmodel: {ps3: {select: {from_layers: [0]}}}\nseed: 1\n");
        Path main = file("main.yaml", "extends: [base/minimal.yaml, base/other.yaml]\nname: main\nseed: 2\n");
        ResolvedSpec spec = SpecReader.read(main, List.of("batch.global=5"));
        ExperimentSpec experiment = spec.spec();
        assertThat(experiment.name()).isEqualTo("main");
        assertThat(experiment.optim().lr()).isEqualTo(2);
        assertThat(experiment.optim().eps()).isEqualTo(1e-5);
        assertThat(experiment.model().ps3().select().fromLayers()).containsExactly(0);
        assertThat(experiment.seed()).isEqualTo(2);
        assertThat(experiment.batch().global()).isEqualTo(5);
        assertThat(spec.file()).isEqualTo(main);
        assertThat(spec.origins().get("optim.lr")).isEqualTo(new Origin(folder + "/base/other.yaml", 1, 13));
        assertThat(spec.origins().get("seed")).isEqualTo(new Origin(main.toString(), 3, 7));
        assertThat(spec.yaml(true)).contains("global: 5  # override 1");
    }

    @Test
    void pathsAreRelativeToTheFileThatNamesThem() throws IOException {
        file("a/b/deep.yaml", Specs.MINIMAL);
        file("a/middle.yaml", "extends: b/deep.yaml\nseed: 3\n");
        Path main = file("main.yaml", "extends: a/middle.yaml\n");
        assertThat(SpecReader.read(main, List.of()).spec().seed()).isEqualTo(3);
    }

    @Test
    void extendingChangesNothingByItself() throws IOException {
        file("base.yaml", Specs.MINIMAL);
        Path main = file("main.yaml", "extends: base.yaml\n");
        assertThat(SpecReader.read(main, List.of()).key())
                .isEqualTo(Specs.read(Specs.MINIMAL).key());
    }

    @Test
    void anotherTypeReplacesTheWholeSection() throws IOException {
        file("base.yaml", Specs.MINIMAL);
        Path main = file(
                "main.yaml", "extends: base.yaml\ndata:\n  train: {type: image-text-box, images: a, text_boxes: b}\n");
        assertThat(SpecReader.read(main, List.of()).spec().data().train())
                .hasFieldOrPropertyWithValue("textBoxes", "b");
    }

    @Test
    void anEmptyListExtendsNothing() throws IOException {
        assertThat(SpecReader.read(file("m.yaml", "extends: []\n" + Specs.MINIMAL), List.of())
                        .warnings())
                .isEmpty();
    }

    @Test
    void namesTheChainOfACircle() throws IOException {
        file("a.yaml", "extends: b.yaml\n");
        file("b.yaml", "seed: 1\nextends: [c.yaml]\n");
        file("c.yaml", "extends: a.yaml\n");
        assertThat(problems(folder.resolve("a.yaml")))
                .containsExactly("c.yaml:1:10: extends: goes round in a circle: a.yaml -> b.yaml -> c.yaml -> a.yaml");
        assertThat(problems(file("self.yaml", "extends: self.yaml\n")))
                .containsExactly("self.yaml:1:10: extends: goes round in a circle: self.yaml -> self.yaml");
    }

    @Test
    void namesMissingFilesAtThePlaceThatAsksForThem() throws IOException {
        file("middle.yaml", "extends: gone.yaml\n");
        Path main = file("main.yaml", "extends: [lost.yaml, middle.yaml, .]\n");
        assertThat(problems(main))
                .containsExactly(
                        "main.yaml:1:11: extends: lost.yaml does not exist",
                        "main.yaml:1:35: extends: " + folder + " is a folder (name the YAML file in it)",
                        "middle.yaml:1:10: extends: gone.yaml does not exist, extended by main.yaml -> middle.yaml -> gone.yaml");
    }

    @Test
    void refusesOtherThingsThanPaths() throws IOException {
        Path main = file("main.yaml", "extends: [1, {a: b}, '']\n" + Specs.MINIMAL);
        assertThat(problems(main))
                .containsExactly(
                        "main.yaml:1:11: extends: expected the path of a spec or a list of paths, found integer 1 (e.g. extends: [base/model.yaml])",
                        "main.yaml:1:14: extends: expected the path of a spec or a list of paths, found a section (e.g. extends: [base/model.yaml])",
                        "main.yaml:1:22: extends: expected the path of a spec or a list of paths, found text \"\" (e.g. extends: [base/model.yaml])");
        assertThat(problems(file("nul.yaml", "extends: \"a\\0b\"\n" + Specs.MINIMAL)))
                .singleElement()
                .asString()
                .contains("is not a path");
    }

    @Test
    void problemsInBasesPointIntoThem() throws IOException {
        file("base.yaml", Specs.MINIMAL + "loss: {box: {piror: 1}}\n");
        Path main = file("main.yaml", "extends: base.yaml\noptim: {lrr: 1}\n");
        assertThat(problems(main))
                .containsExactly(
                        "main.yaml:2:9: optim.lrr: unknown key (did you mean \"lr\"?)",
                        "base.yaml:14:14: loss.box.piror: unknown key (did you mean \"prior\"?)");
    }

    @Test
    void aBaseThatIsNotYamlStopsTheReadingThere() throws IOException {
        file("base.yaml", "a: [1\n");
        file("latin.yaml", "");
        Files.write(folder.resolve("latin.yaml"), new byte[] {'a', ':', ' ', (byte) 0xe4});
        file("empty.yaml", "# nothing\n");
        Path main = file("main.yaml", "extends: [base.yaml, latin.yaml, empty.yaml]\nzzz: 1\n");
        assertThat(problems(main))
                .containsExactly(
                        "base.yaml:2:1: not valid YAML while parsing a flow sequence: expected ',' or ']', but got <stream end>",
                        "latin.yaml:1:4: extends: not UTF-8 text (byte E4) (save it as UTF-8)");
    }

    @Test
    void limitsDepthAndNumber() throws IOException {
        for (int i = 0; i < 20; i++) {
            file("d" + i + ".yaml", "extends: d" + (i + 1) + ".yaml\n");
        }
        assertThat(problems(folder.resolve("d0.yaml")))
                .singleElement()
                .asString()
                .contains("more than 16 files deep");
        file("w0.yaml", "seed: 1\n");
        for (int i = 1; i < 10; i++) {
            file("w" + i + ".yaml", "extends: [w%d.yaml, w%d.yaml]\n".formatted(i - 1, i - 1));
        }
        assertThat(problems(folder.resolve("w9.yaml"))).anyMatch(p -> p.contains("more than 64 files in all"));
    }

    @Test
    void aDiamondIsNoCircle() throws IOException {
        file("root.yaml", Specs.MINIMAL);
        file("left.yaml", "extends: root.yaml\nseed: 1\n");
        file("right.yaml", "extends: root.yaml\n");
        Path main = file("main.yaml", "extends: [left.yaml, right.yaml]\n");
        ResolvedSpec spec = SpecReader.read(main, List.of());
        assertThat(spec.spec().seed()).isEqualTo(1);
    }
}
