package dev.fovea.datasets;

import dev.fovea.datasets.scenes.ScenesCorpus;
import dev.fovea.datasets.sprites.IconLibrary;
import dev.fovea.datasets.sprites.IconSet;
import dev.fovea.dsl.spec.DataSpec;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/// A few dozen permissive icons in three styles, and specs that use them.
public final class TestIcons implements IconLibrary {
    /// Where tests keep drawn sprites; deleted by `mvn clean`.
    public static final Path CACHE = Path.of("target", "test-cache");

    @Override
    public String version() {
        return "test-1";
    }

    @Override
    public List<IconSet> sets() {
        return List.of(
                new IconSet("noto", "noto", false),
                new IconSet("noto-v1", "noto-v1", false),
                new IconSet("fluent-emoji-flat", "fluent", false));
    }

    @Override
    public InputStream open(IconSet set) throws IOException {
        return Objects.requireNonNull(TestIcons.class.getResourceAsStream("/icons/" + set.name() + ".json"));
    }

    /// Scenes of 2 large, 3 medium and 3 small objects.
    public static DataSpec.Scenes scenes(int size, long seed) {
        return new DataSpec.Scenes(size, 0, List.of("noto", "noto-v1"), 2, 3, 3, "procedural", "", seed);
    }

    /// Data with the reference's preprocessing.
    public static DataSpec data(DataSpec.Source source, double globalProb) {
        return new DataSpec(
                source,
                new DataSpec.Captions(globalProb, true, 1),
                new DataSpec.Preprocess(0.5, 0.5, List.of(0.9, 1.0), List.of(0.75, 4.0 / 3)),
                new DataSpec.Words());
    }

    /// The tokenizer of all words of a corpus.
    public static Tokenizer words(Corpus corpus) {
        return Tokenizers.open(new DataSpec.Words(), corpus, 512, Path.of("."), CACHE);
    }

    /// A corpus of such scenes.
    public static Corpus corpus(DataSpec.Scenes scenes) {
        return ScenesCorpus.open(scenes, new TestIcons(), Path.of("."), CACHE, Progress.NONE);
    }
}
