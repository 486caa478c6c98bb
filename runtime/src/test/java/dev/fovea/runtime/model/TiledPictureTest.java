package dev.fovea.runtime.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.fovea.dsl.spec.ModelSpec;
import dev.fovea.dsl.spec.ModelSpec.AnyRes;
import dev.fovea.dsl.spec.ModelSpec.GridSize;
import dev.fovea.dsl.spec.ModelSpec.Merge;
import dev.fovea.dsl.spec.ModelSpec.S2;
import dev.fovea.dsl.spec.ModelSpec.TileRule;
import dev.fovea.runtime.exec.ReferenceBackend;
import dev.fovea.runtime.exec.Session;
import dev.fovea.runtime.exec.Store;
import dev.fovea.runtime.ir.DType;
import dev.fovea.runtime.ir.Graph;
import dev.fovea.runtime.ir.GraphBuilder;
import dev.fovea.runtime.ir.Shape;
import dev.fovea.runtime.ir.Value;
import dev.fovea.runtime.parity.ParityGraph;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Function;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

/// What the baselines compute, against what they are made of: the same transformer on pictures cut by hand.
@NullUnmarked
class TiledPictureTest {
    private static final int LOW = 8, SIDE = 16, PATCH = 4, WIDTH = 8, BATCH = 2;

    private static ModelSpec model(ModelSpec.Encoder encoder) {
        return new ModelSpec(
                new ModelSpec.Vision("vit", WIDTH, 2, 2, 12, PATCH, "map", ModelSpec.Positions.RESAMPLE, 0, true, null),
                new ModelSpec.Ps3(
                        List.of(LOW, SIDE),
                        new ModelSpec.Select(
                                ModelSpec.Strategy.TOP_DOWN,
                                List.of(0),
                                4,
                                null,
                                null,
                                ModelSpec.Smooth.NONE,
                                5,
                                ModelSpec.ScoreMaps.SHARED,
                                0,
                                ModelSpec.Budgets.EXACT,
                                ModelSpec.Ties.LOWEST_INDEX),
                        true,
                        true,
                        false),
                new ModelSpec.Text("transformer", 8, 1, 2, 12, 5, 11, "last", ModelSpec.Gelu.ERF, false),
                encoder);
    }

    /// A graph and the pieces to build it from.
    private record Bench(GraphBuilder b, Parameters p, ModelSpec spec) {
        VisionTower tower() {
            return new VisionTower(b, p, spec);
        }

        Value input(String name, int... dims) {
            return b.input(name, DType.F32, Shape.of(dims));
        }
    }

    /// What `make` computes on the pictures, boxes and parameters of one seed; parameters depend on their name
    /// alone.
    private static double[] run(ModelSpec.Encoder encoder, Function<Bench, Value> make, Map<String, double[]> data) {
        GraphBuilder b = new GraphBuilder();
        Bench bench = new Bench(b, new Parameters(b), model(encoder));
        b.result("y", make.apply(bench));
        Graph graph = b.build();
        try (ReferenceBackend backend = new ReferenceBackend();
                Store store = backend.store();
                Session session = ParityGraph.session(backend, graph, Map.of(), store)) {
            for (Value v : graph.parameters()) {
                session.write(v, random(v.name(), v.shape().elements()));
            }
            graph.inputs().forEach(v -> session.write(v, data.get(v.name())));
            session.run();
            return session.read(graph.result("y"));
        }
    }

    private static double[] random(String name, int n) {
        return new SplittableRandom(name.hashCode()).doubles(n, -0.4, 0.4).toArray();
    }

    private static double[] pixels() {
        return random("pixels", BATCH * 3 * SIDE * SIDE);
    }

    /// The square of side LOW at `top`, `left` of every picture.
    private static double[] cut(int top, int left) {
        double[] all = pixels(), part = new double[BATCH * 3 * LOW * LOW];
        for (int i = 0; i < part.length; i++) {
            int plane = i / (LOW * LOW), y = top + i / LOW % LOW, x = left + i % LOW;
            part[i] = all[(plane * SIDE + y) * SIDE + x];
        }
        return part;
    }

    private static double[] alone(double[] picture) {
        return run(
                new S2(GridSize.LARGEST),
                k -> k.tower()
                        .low(k.input("pixels", BATCH, 3, LOW, LOW))
                        .hidden()
                        .getLast(),
                Map.of("pixels", picture));
    }

    private static double[] s2(GridSize size) {
        return run(
                new S2(size),
                k -> new S2Tower(k.b(), k.spec(), k.tower())
                        .features(k.input("pixels", BATCH, 3, SIDE, SIDE), List.of(LOW, SIDE), size)
                        .joined(),
                Map.of("pixels", pixels()));
    }

    /// Every token of the large scale is that of its tile encoded alone.
    @Test
    void aTileIsEncodedAlone() {
        double[] joined = s2(GridSize.LARGEST);
        for (int tile = 0; tile < 4; tile++) {
            double[] alone = alone(cut(tile / 2 * LOW, tile % 2 * LOW));
            for (int i = 0; i < alone.length; i++) {
                int batch = i / (4 * WIDTH), cell = i / WIDTH % 4, e = i % WIDTH;
                int row = tile / 2 * 2 + cell / 2, column = tile % 2 * 2 + cell % 2;
                double found = joined[((batch * 4 + row) * 4 + column) * 2 * WIDTH + WIDTH + e];
                assertThat(found).as("tile %s, element %s", tile, i).isEqualTo(alone[i]);
            }
        }
    }

    /// On the smallest grid a token is the mean of the four of the large scale that it covers, and the low scale's
    /// own; on the largest the low scale's token is repeated.
    @Test
    void scalesShareAGrid() {
        double[] large = s2(GridSize.LARGEST), small = s2(GridSize.SMALLEST);
        for (int i = 0; i < small.length; i++) {
            int e = i % (2 * WIDTH), cell = i / (2 * WIDTH) % 4, batch = i / (8 * WIDTH);
            double mean = 0;
            for (int k = 0; k < 4; k++) {
                int row = cell / 2 * 2 + k / 2, column = cell % 2 * 2 + k % 2;
                mean += large[((batch * 4 + row) * 4 + column) * 2 * WIDTH + e] / 4;
            }
            assertThat(Math.abs(small[i] - mean)).as("element %s", i).isLessThan(1e-14 * (1 + Math.abs(mean)));
        }
    }

    private static double[] boxes(int top, int left, int side) {
        double[] map = new double[BATCH * SIDE * SIDE];
        for (int i = 0; i < map.length; i++) {
            int y = i / SIDE % SIDE, x = i % SIDE;
            map[i] = y >= top && y < top + side && x >= left && x < left + side ? 1 : 0;
        }
        return map;
    }

    private static double[] pooled(ModelSpec.Encoder encoder, double[] pixels, double[] boxes) {
        return run(
                encoder,
                k -> new TiledPicture(k.b(), k.p(), k.spec())
                        .pooled(k.input("pixels", BATCH, 3, SIDE, SIDE), k.input("box_map", BATCH, SIDE, SIDE)),
                Map.of("pixels", pixels, "box_map", boxes));
    }

    private static AnyRes anyRes(int most, Merge merge) {
        return new AnyRes(most, TileRule.BEST_FIT, merge);
    }

    /// Attention pooling does not see an order: tokens and their boxes must be arranged alike.
    @Test
    void theOrderOfTokensDoesNotMatter() {
        double[] boxes = boxes(1, 5, 6);
        double[] flat = pooled(anyRes(4, Merge.FLAT), pixels(), boxes);
        double[] spatial = pooled(anyRes(4, Merge.SPATIAL), pixels(), boxes);
        for (int i = 0; i < flat.length; i++) {
            assertThat(Math.abs(flat[i] - spatial[i])).as("element %s", i).isLessThan(1e-13);
        }
        assertThat(pooled(anyRes(4, Merge.SPATIAL), pixels(), boxes(9, 9, 3))).isNotEqualTo(spatial);
        assertThat(pooled(anyRes(4, Merge.SPATIAL_UNPAD), pixels(), boxes)).isNotEqualTo(spatial);
    }

    /// One tile is the whole picture itself: LLaVA pools it twice, NVILA once, and the mean over keys is the same.
    @Test
    void oneTileIsTheWholePicture() {
        double[] twice = pooled(anyRes(1, Merge.SPATIAL), pixels(), boxes(0, 0, 8));
        double[] once = pooled(new AnyRes(1, TileRule.NEAREST_ASPECT, Merge.FLAT), pixels(), boxes(0, 0, 8));
        for (int i = 0; i < once.length; i++) {
            assertThat(Math.abs(once[i] - twice[i])).as("element %s", i).isLessThan(1e-13);
        }
    }

    /// Other tiles may be anything: at its own scale a tile knows nothing of them, at the low scale it does.
    @Test
    void aTileDoesNotSeeTheOthers() {
        double[] changed = pixels();
        for (int i = 0; i < changed.length; i++) {
            changed[i] += i % SIDE >= LOW ? 1 : 0;
        }
        double[] old = s2(GridSize.LARGEST), now = s2Of(changed);
        for (int e = 0; e < WIDTH; e++) {
            assertThat(now[WIDTH + e]).as("large scale, channel %s", e).isEqualTo(old[WIDTH + e]);
            assertThat(now[e]).as("low scale, channel %s", e).isNotEqualTo(old[e]);
        }
    }

    private static double[] s2Of(double[] pixels) {
        return run(
                new S2(GridSize.LARGEST),
                k -> new S2Tower(k.b(), k.spec(), k.tower())
                        .features(k.input("pixels", BATCH, 3, SIDE, SIDE), List.of(LOW, SIDE), GridSize.LARGEST)
                        .joined(),
                Map.of("pixels", pixels));
    }

    @Test
    void sizesThatDoNotFitAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> run(
                        new S2(GridSize.LARGEST),
                        k -> new S2Tower(k.b(), k.spec(), k.tower())
                                .features(k.input("pixels", 1, 3, SIDE, SIDE), List.of(LOW, 12), GridSize.LARGEST)
                                .joined(),
                        Map.of()))
                .withMessageContaining("12 pixels does not fall into tiles of 8");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> run(
                        anyRes(4, Merge.SPATIAL),
                        k -> new TiledPicture(k.b(), k.p(), k.spec())
                                .pooled(k.input("pixels", 1, 3, SIDE, 2 * SIDE), k.input("box_map", 1, SIDE, SIDE)),
                        Map.of()))
                .withMessageContaining("must be square");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> pooled(new ModelSpec.SelectedPatches(), pixels(), boxes(0, 0, 4)));
    }
}
