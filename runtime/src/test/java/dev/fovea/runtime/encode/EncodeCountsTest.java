package dev.fovea.runtime.encode;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fovea.dsl.SpecReader;
import dev.fovea.dsl.spec.ModelSpec;
import dev.fovea.runtime.exec.Backend;
import dev.fovea.runtime.exec.Store;
import dev.fovea.runtime.exec.cpu.CpuBackend;
import dev.fovea.runtime.ir.Graph;
import dev.fovea.runtime.select.LookRequest;
import dev.fovea.runtime.train.Compiled;
import dev.fovea.runtime.train.Planned;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The programs of encoding count what they run.
class EncodeCountsTest {
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
            optim: {lr: 1e-3}
            schedule: {length: 6st}
            batch: {global: 5}
            """;

    @TempDir
    private Path folder = Path.of("");

    private EncoderSetup setup() throws IOException {
        Path file = Files.writeString(folder.resolve("tiny.yaml"), TEXT);
        ModelSpec model = SpecReader.read(file, List.of()).spec().model();
        return new EncoderSetup(model, 64, 64, ModelSpec.Strategy.BOTTOM_UP, false, false, 1, 1);
    }

    private static long executed(Graph graph, Backend backend) {
        long[] flops = new long[1];
        try (Store store = backend.store();
                Compiled program = Compiled.of(Planned.of(graph), backend, Map.of(), store)) {
            new RandomWeights(3).load(store, store.names());
            program.session()
                    .run(System::nanoTime, (node, _) -> flops[0] += node.op().flops());
        }
        return flops[0];
    }

    @Test
    void anEncoderCountsWhatItsProgramsRun() throws IOException {
        EncoderSetup setup = setup();
        try (Backend backend = new CpuBackend(2);
                Store store = backend.store();
                Encoder encoder = new Encoder(setup, backend, store, new RandomWeights(3))) {
            EncodeGraphs graphs = new EncodeGraphs(setup);
            long low = executed(graphs.low(), backend);
            assertThat(encoder.flops()).isEqualTo(low).isPositive();
            Encoder.Picture picture = new Encoder.Picture(new float[3 * 64 * 64], null, null);
            Encoding found = encoder.encode(picture, LookRequest.looks("1"), (_, _) -> {});
            List<Integer> counts =
                    found.selected().stream().map(each -> each.length).toList();
            assertThat(encoder.flops()).isEqualTo(low + executed(graphs.round(counts), backend));
        }
    }
}
