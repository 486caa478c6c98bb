package dev.fovea.runtime.encode;

import dev.fovea.dsl.spec.ModelSpec;
import dev.fovea.runtime.ir.DType;
import dev.fovea.runtime.ir.Graph;
import dev.fovea.runtime.ir.GraphBuilder;
import dev.fovea.runtime.ir.ImageOp;
import dev.fovea.runtime.ir.Shape;
import dev.fovea.runtime.ir.Value;
import dev.fovea.runtime.model.Parameters;
import dev.fovea.runtime.model.Ps3;
import dev.fovea.runtime.model.SelectionHead;
import dev.fovea.runtime.model.VisionTower;
import dev.fovea.runtime.select.ScaleGrid;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The two graphs of an encoder, for one picture: the low-resolution pass with the score maps, and one round of
/// high-resolution encoding that reads the low pass's keys and values as inputs.
///
/// Legend: H x W picture, g side of the low grid, D width, K_i patches of high scale i, K their sum.
final class EncodeGraphs {
    static final String PIXELS = "pixels", PROMPT = "prompt", BOXES = "box_map", COVERAGE = "coverage";
    static final String PRIOR = "prior_map.", POSTERIOR = "posterior_map.", HIDDEN = "hidden.", CACHE = "cache.";
    static final String POOLED = "pooled", INDICES = "indices.", TOKENS = "tokens";

    private final EncoderSetup setup;
    private final ModelSpec spec;

    EncodeGraphs(EncoderSetup setup) {
        this.setup = setup;
        this.spec = setup.model();
    }

    private Shape picture() {
        return Shape.of(1, 3, setup.height(), setup.width());
    }

    /// First block whose output is kept.
    int firstLayer() {
        return spec.vision().depth() - setup.layers();
    }

    /// pixels (1,3,H,W), prompt (1,D), box map (1,H,W) -> maps (1,g*g), hidden states (1,g*g,D), caches (1,g*g,3D)
    Graph low() {
        GraphBuilder b = new GraphBuilder();
        Parameters p = new Parameters(b);
        Value pixels = b.input(PIXELS, DType.F32, picture());
        VisionTower tower = new VisionTower(b, p, spec);
        VisionTower.LowPass low = tower.low(pixels);
        SelectionHead head = new SelectionHead(b, p, spec, pixels, low.hidden());
        results(b, PRIOR, head.probabilities(head.priorPrompt()));
        if (setup.prompted()) {
            Value prompt = b.input(PROMPT, DType.F32, Shape.of(1, spec.vision().width()));
            results(b, POSTERIOR, head.probabilities(prompt));
        }
        if (setup.boxed()) {
            Value boxes = b.input(BOXES, DType.F32, Shape.of(1, setup.height(), setup.width()));
            ScaleGrid first = Ps3.grids(spec, setup.height(), setup.width()).getFirst();
            b.result(COVERAGE, b.add(new ImageOp.AreaResize(boxes, first.rows(), first.columns())));
        }
        results(b, HIDDEN, low.hidden().subList(firstLayer(), low.hidden().size()));
        results(b, CACHE, spec.ps3().lowResKvCache() ? low.packed() : List.of());
        b.result(POOLED, tower.pool(tower.finalNorm(low.hidden().getLast()), null));
        return b.build();
    }

    /// pixels (1,3,H,W), caches (1,g*g,3D), indices I32 (1,K_i) -> tokens and hidden states (1,K,D), pooled (1,S)
    Graph round(List<Integer> counts) {
        GraphBuilder b = new GraphBuilder();
        Parameters p = new Parameters(b);
        Value pixels = b.input(PIXELS, DType.F32, picture());
        VisionTower tower = new VisionTower(b, p, spec);
        int cells = tower.side() * tower.side(), d = spec.vision().width();
        List<Value> cache = new ArrayList<>();
        for (int l = 0; l < spec.vision().depth() && spec.ps3().lowResKvCache(); l++) {
            cache.add(b.input(CACHE + l, DType.F32, Shape.of(1, cells, 3 * d)));
        }
        List<@Nullable Value> indices = new ArrayList<>();
        for (int i = 0; i < counts.size(); i++) {
            int k = counts.get(i);
            indices.add(k == 0 ? null : b.input(INDICES + i, DType.I32, Shape.of(1, k)));
        }
        Value tokens = tower.tokens(pixels, Ps3.grids(spec, setup.height(), setup.width()), indices);
        List<Value> hidden = tower.high(tokens, cache);
        b.result(TOKENS, tokens);
        results(b, HIDDEN, hidden.subList(firstLayer(), hidden.size()));
        b.result(POOLED, tower.pool(tower.finalNorm(hidden.getLast()), null));
        return b.build();
    }

    private static void results(GraphBuilder b, String prefix, List<Value> values) {
        for (int i = 0; i < values.size(); i++) {
            b.result(prefix + i, values.get(i));
        }
    }
}
