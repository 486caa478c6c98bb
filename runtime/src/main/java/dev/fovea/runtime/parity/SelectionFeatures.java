package dev.fovea.runtime.parity;

import dev.fovea.dsl.spec.ModelSpec;
import dev.fovea.runtime.exec.Backend;
import dev.fovea.runtime.ir.ImageOp;
import dev.fovea.runtime.ir.Value;
import dev.fovea.runtime.model.SelectionHead;
import dev.fovea.runtime.model.VisionTower;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// The features that selection compares with prompts, all scales of them: joined hidden states, their
/// projection, the convolutional branch and the picture it sees (ps3-spec 1.4).
///
/// Legend: B pictures, g x g low grid, a x a grid of the branch.
final class SelectionFeatures {
    private final GoldenCase golden;
    private final Backend backend;

    SelectionFeatures(GoldenCase golden, Backend backend) {
        this.golden = golden;
        this.backend = backend;
    }

    void check(Findings out) {
        ModelSpec shared = ParityModel.spec(golden, ModelSpec.Strategy.BOTTOM_UP);
        ModelSpec spec =
                shared.with(shared.ps3().select().withScores(ModelSpec.Smooth.NONE, ModelSpec.ScoreMaps.PER_SCALE));
        ParityGraph g = new ParityGraph(golden);
        Value pixels = g.in("pixel_values");
        VisionTower tower = new VisionTower(g.builder(), g.parameters(), spec);
        SelectionHead head = new SelectionHead(
                g.builder(), g.parameters(), spec, pixels, tower.low(pixels).hidden());
        List<Value> read = new ArrayList<>(List.of(head.joined(), head.projected()));
        Value high = head.highFeatures();
        ModelSpec.HighresFeature branch = spec.ps3().select().highresFeature();
        Value picture = null;
        if (high != null && branch != null) {
            int side = branch.resolution();
            picture = g.builder().add(new ImageOp.CutPatches(pixels, null, side, side, side));
            read.addAll(List.of(high, picture));
        }
        Map<Value, double[]> found = g.run(backend, read);
        out.check("selection_features", channelsFirst(head.joined(), found));
        out.check("selection_feature_proj", Findings.of(head.projected(), found));
        if (high != null && picture != null) {
            out.check("highres_selection_features", channelsFirst(high, found));
            sampled(out, picture, found);
        }
    }

    /// Every so many pixels of the picture that the branch sees, as recorded.
    private void sampled(Findings out, Value picture, Map<Value, double[]> found) {
        for (String name : golden.outputs()) {
            if (name.startsWith("upsampled_") && name.endsWith("_sampled")) {
                long[] shape = golden.output(name).shape();
                double[] all = Findings.of(picture, found);
                int side = (int) Math.round(Math.sqrt(all.length / (double) (shape[0] * shape[1])));
                int down = Math.ceilDiv(side, (int) shape[2]), across = Math.ceilDiv(side, (int) shape[3]);
                double[] some = new double[(int) (shape[0] * shape[1] * shape[2] * shape[3])];
                for (int i = 0; i < some.length; i++) {
                    int plane = i / (int) (shape[2] * shape[3]);
                    int y = i / (int) shape[3] % (int) shape[2] * down, x = i % (int) shape[3] * across;
                    some[i] = all[(plane * side + y) * side + x];
                }
                out.check(name, some);
            }
        }
    }

    /// (B,N,C) -> (B,C,N)
    private static double[] channelsFirst(Value v, Map<Value, double[]> found) {
        double[] x = Findings.of(v, found), out = new double[x.length];
        int n = v.shape().dim(1), c = v.shape().dim(2);
        for (int i = 0; i < out.length; i++) {
            int b = i / (n * c), channel = i / n % c, cell = i % n;
            out[i] = x[(b * n + cell) * c + channel];
        }
        return out;
    }
}
