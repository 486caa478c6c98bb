package dev.fovea.runtime.parity;

import dev.fovea.dsl.spec.ModelSpec;
import dev.fovea.runtime.exec.Backend;
import dev.fovea.runtime.ir.ImageOp;
import dev.fovea.runtime.ir.Shape;
import dev.fovea.runtime.ir.Value;
import dev.fovea.runtime.model.VisionTower;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// The low-resolution pass alone (ps3-spec 1.3): tokens, every block, final norm, pooling, keys and values.
final class LowPassCheck implements CaseCheck {
    @Override
    public String kind() {
        return "low-resolution pass";
    }

    @Override
    public boolean matches(GoldenCase c) {
        return c.call().contains("forward_low_res(") && !c.call().contains("forward_high_res(");
    }

    @Override
    public void run(GoldenCase c, Backend backend, Findings out) {
        ParityGraph g = new ParityGraph(c);
        ModelSpec spec = ParityModel.spec(c, ModelSpec.Strategy.BOTTOM_UP);
        VisionTower tower = new VisionTower(g.builder(), g.parameters(), spec);
        Value pixels = g.in("pixel_values");
        VisionTower.LowPass low = tower.low(pixels);
        int side = spec.ps3().scales().getFirst();
        Value resized = g.builder().add(new ImageOp.CutPatches(pixels, null, side, side, side));
        Value normed = tower.finalNorm(low.hidden().getLast()), pooled = tower.pool(normed, null);
        List<Value> read = new ArrayList<>(List.of(resized, low.tokens(), normed, pooled));
        read.addAll(low.hidden());
        read.addAll(low.packed());
        Map<Value, double[]> found = g.run(backend, read);
        out.check("tokens", low.tokens(), found);
        for (int l = 0; l < low.hidden().size(); l++) {
            out.check("hidden_states." + l, low.hidden().get(l), found);
        }
        out.check("normed", normed, found);
        out.check("pooled", pooled, found);
        out.check("resized", Findings.of(resized, found));
        List<double[]> packed =
                low.packed().stream().map(v -> Findings.of(v, found)).toList();
        out.check(
                "kv_cache",
                cache(packed, low.packed().getFirst().shape(), spec.vision().heads()));
    }

    /// Packed (B,N,3D) of every layer to (L,2,B,H,N,C)
    private static double[] cache(List<double[]> packed, Shape shape, int heads) {
        int batch = shape.dim(0), n = shape.dim(1), d = shape.dim(2) / 3, c = d / heads;
        double[] out = new double[packed.size() * 2 * batch * n * d];
        int at = 0;
        for (double[] layer : packed) {
            for (int part = 1; part <= 2; part++) {
                for (int b = 0; b < batch; b++) {
                    for (int h = 0; h < heads; h++) {
                        for (int i = 0; i < n; i++) {
                            for (int e = 0; e < c; e++) {
                                out[at++] = layer[(b * n + i) * 3 * d + part * d + h * c + e];
                            }
                        }
                    }
                }
            }
        }
        return out;
    }
}
