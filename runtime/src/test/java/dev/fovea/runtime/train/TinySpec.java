package dev.fovea.runtime.train;

import dev.fovea.dsl.ResolvedSpec;
import dev.fovea.dsl.SpecReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// The smallest spec that has everything: three scales, the auxiliary branch, both captions, all tasks.
final class TinySpec {
    private static final String TEXT = """
            fovea: v1
            name: tiny
            model:
              vision: {width: 16, depth: 2, heads: 2, mlp: 24, patch: 8}
              ps3:
                scales: [16, 32, 64]
                select:
                  strategy: top-down
                  from_layers: [0, 1]
                  max_tokens: 20
                  highres_feature: {resolution: 32, hidden: 8, out: 8, depth: 1, kernel: 8}
              text: {width: 16, depth: 1, heads: 2, mlp: 24, context: 8, vocab: 128}
            data:
              train: {type: scenes, size: 64, concepts: 12, styles: [noto], large: 2, medium: 1, small: 0}
              captions: {global_prob: 0.25}
            optim: {lr: 1e-3, grad_clip: 1.0}
            schedule: {warmup: 2st, length: 6st}
            batch: {global: 4}
            eval: {every: 3st, scenes: 4, gallery: 8}
            run: {log_every: 1, checkpoint: {every: 100st, keep: 2}}
            tracking: {type: none}
            """;

    private TinySpec() {}

    /// The spec, written into `folder`, with overrides.
    static ResolvedSpec read(Path folder, String... overrides) {
        try {
            Path file = folder.resolve("tiny.yaml");
            Files.writeString(file, TEXT);
            return SpecReader.read(file, List.of(overrides));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
