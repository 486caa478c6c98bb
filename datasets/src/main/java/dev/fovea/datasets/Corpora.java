package dev.fovea.datasets;

import dev.fovea.datasets.scenes.ScenesCorpus;
import dev.fovea.datasets.shards.ShardCorpus;
import dev.fovea.datasets.sprites.Webjar;
import dev.fovea.dsl.spec.DataSpec;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;

/// Opens the corpus a spec describes.
public final class Corpora {
    private Corpora() {}

    /// As [#open(DataSpec, Path, Path, Progress)], telling nobody.
    public static Corpus open(DataSpec data, Path specFolder, Path cacheFolder) {
        return open(data, specFolder, cacheFolder, Progress.NONE);
    }

    /// Opens a corpus; the caller closes it.
    ///
    /// @param specFolder what relative paths in the spec are relative to
    /// @param cacheFolder where prepared data is kept; created if missing, safe to share between processes and to
    ///     delete
    /// @param progress told about slow one-time work
    /// @throws DataException one clear line if the data is not there or not sound
    public static Corpus open(DataSpec data, Path specFolder, Path cacheFolder, Progress progress) {
        return switch (data.train()) {
            case DataSpec.Scenes scenes -> ScenesCorpus.open(scenes, new Webjar(), specFolder, cacheFolder, progress);
            case DataSpec.ImageTextBox shards -> ShardCorpus.open(shards, specFolder, progress);
            case DataSpec.ShardMix mix -> {
                List<ShardCorpus> sources = mix.sources().stream()
                        .map(source -> ShardCorpus.open(source, specFolder, progress))
                        .toList();
                List<Double> weights = mix.weights();
                yield new MixCorpus(sources, weights == null ? Collections.nCopies(sources.size(), 1.0) : weights);
            }
        };
    }
}
