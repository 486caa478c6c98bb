package dev.fovea.runtime.parity;

import dev.fovea.dsl.spec.ModelSpec;
import dev.fovea.runtime.encode.Encoder;
import dev.fovea.runtime.encode.EncoderSetup;
import dev.fovea.runtime.encode.Encoding;
import dev.fovea.runtime.exec.Backend;
import dev.fovea.runtime.exec.Store;
import dev.fovea.runtime.model.Ps3;
import dev.fovea.runtime.select.Rounds;
import dev.fovea.runtime.select.ScaleGrid;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// What the cases of selection, looks and given maps share: one encoder, run picture by picture, with the released
/// code's arithmetic of budgets.
///
/// Legend: B pictures, g side of the low grid, h x w grid of a high scale.
final class Looking implements AutoCloseable {
    final GoldenCase golden;
    final ModelSpec spec;
    final Encoder encoder;
    final int batch;
    private final Store store;

    Looking(GoldenCase golden, Backend backend) {
        this.golden = golden;
        boolean prompted = golden.hasInput("prompt");
        ModelSpec.Strategy strategy = prompted ? ModelSpec.Strategy.TOP_DOWN : ModelSpec.Strategy.BOTTOM_UP;
        this.spec = smoothed(ParityModel.spec(golden, strategy));
        long[] shape = golden.input("pixel_values").shape();
        this.batch = (int) shape[0];
        Function<String, double[]> weights = ParityGraph.weights(golden);
        EncoderSetup setup = new EncoderSetup(
                spec,
                (int) shape[2],
                (int) shape[3],
                strategy,
                prompted,
                golden.hasInput("gt_selection_maps"),
                spec.vision().depth(),
                0);
        this.store = backend.store();
        this.encoder = new Encoder(setup, backend, store, (s, names) -> ParityGraph.load(s, names, weights));
    }

    private ModelSpec smoothed(ModelSpec model) {
        ModelSpec.Smooth smooth = golden.params().path("smooth_selection_prob").asBoolean(false)
                ? ModelSpec.Smooth.AREA
                : ModelSpec.Smooth.NONE;
        return model.with(model.ps3().select().withScores(smooth, ModelSpec.ScoreMaps.SHARED));
    }

    List<ScaleGrid> grids() {
        return encoder.grids();
    }

    /// The low pass of picture `b`.
    Encoding.LowResult low(int b) {
        return encoder.low(new Encoder.Picture(floats(row("pixel_values", b)), rowIfThere("prompt", b), boxes(b)));
    }

    private static float[] floats(double[] values) {
        float[] narrow = new float[values.length];
        for (int i = 0; i < narrow.length; i++) {
            narrow[i] = (float) values[i];
        }
        return narrow;
    }

    private double @Nullable [] boxes(int b) {
        return rowIfThere("gt_selection_maps", b);
    }

    private double @Nullable [] rowIfThere(String input, int b) {
        return golden.hasInput(input) ? row(input, b) : null;
    }

    /// Row `b` of an input.
    double[] row(String input, int b) {
        return row(golden.input(input), b);
    }

    static double[] row(GoldenCase.Values values, int b) {
        int n = values.data().length / (int) values.shape()[0];
        return Arrays.copyOfRange(values.data(), b * n, (b + 1) * n);
    }

    /// Chosen patches of picture `b` in maps recorded as `<prefix>.<scale>`: ascending flat indices.
    List<int[]> chosen(Function<String, GoldenCase.Values> read, String prefix, int b) {
        return IntStream.range(0, grids().size())
                .mapToObj(i -> {
                    double[] map = row(read.apply(prefix + "." + i), b);
                    return IntStream.range(0, map.length)
                            .filter(cell -> map[cell] > 0)
                            .toArray();
                })
                .toList();
    }

    /// Budgets of picture `b`, `only_select_first_n_scale` included.
    Rounds rounds(int b) {
        List<Integer> cells = grids().stream().map(ScaleGrid::cells).toList();
        JsonNode first = golden.params().path("only_select_first_n_scale");
        int allowed = cells.size(), counted = cells.size();
        if (first.isInt()) {
            allowed = first.asInt();
            counted = allowed;
        } else if (first.isArray()) {
            allowed = first.get(b).asInt();
            counted = first.valueStream().mapToInt(JsonNode::asInt).max().orElse(counted);
        }
        return new Rounds(Ps3.budgets(spec), cells, allowed, counted, ModelSpec.Budgets.RELEASED);
    }

    /// Probabilities as recorded under `<prefix>.<scale>`, from the maps of every picture on the low grid.
    void checkMaps(Findings out, String prefix, List<List<double[]>> maps) {
        int side = spec.ps3().scales().getFirst() / spec.vision().patch();
        for (int i = 0; i < grids().size(); i++) {
            int scale = i;
            out.check(
                    prefix + "." + i,
                    joined(maps.stream()
                            .map(m -> PreTrainingLookCheck.enlarge(
                                    m.get(Math.min(scale, m.size() - 1)), side, grids().get(scale)))
                            .toList()));
        }
    }

    /// Scores as recorded under `<prefix>.<scale>`.
    void checkScores(Findings out, List<Encoding.LowResult> lows) {
        for (int i = 0; i < grids().size(); i++) {
            int scale = i;
            out.check(
                    "selection_probs." + i,
                    joined(lows.stream().map(l -> l.scores().get(scale)).toList()));
        }
    }

    /// Maps of zeros and ones, as recorded under `<prefix>.<scale>`, from what was chosen in every picture.
    void checkChosen(Findings out, String prefix, List<List<int[]>> chosen) {
        for (int i = 0; i < grids().size(); i++) {
            int scale = i, cells = grids().get(i).cells();
            out.check(
                    prefix + "." + i,
                    joined(chosen.stream().map(c -> map(c.get(scale), cells)).toList()));
        }
    }

    static double[] map(int[] chosen, int cells) {
        double[] map = new double[cells];
        for (int cell : chosen) {
            map[cell] = 1;
        }
        return map;
    }

    static double[] joined(List<double[]> rows) {
        return rows.stream().flatMapToDouble(Arrays::stream).toArray();
    }

    /// A map (h,w,D) in the order (D,h,w).
    static double[] channelsFirst(float[] map, int width) {
        int cells = map.length / width;
        double[] out = new double[map.length];
        for (int i = 0; i < out.length; i++) {
            out[i] = map[i % cells * width + i / cells];
        }
        return out;
    }

    static double[] wide(float[] values) {
        return IntStream.range(0, values.length).mapToDouble(i -> values[i]).toArray();
    }

    @Override
    public void close() {
        encoder.close();
        store.close();
    }
}
