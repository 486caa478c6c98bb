package dev.fovea.runtime.parity;

import dev.fovea.dsl.spec.ModelSpec;
import dev.fovea.runtime.exec.Backend;
import dev.fovea.runtime.ir.Value;
import dev.fovea.runtime.model.S2Tower;
import dev.fovea.runtime.model.VisionTower;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/// The baseline S2 (ps3-spec 4.2): tiles of every scale, and the joined features on the smallest scale's grid,
/// where the recorded reference has them.
final class S2Check implements CaseCheck {
    @Override
    public String kind() {
        return "S2";
    }

    @Override
    public boolean matches(GoldenCase c) {
        return c.call().startsWith("s2wrapper.forward(");
    }

    @Override
    public void run(GoldenCase c, Backend backend, Findings out) {
        ParityGraph g = new ParityGraph(c);
        ModelSpec spec = ParityModel.spec(c, ModelSpec.Strategy.BOTTOM_UP);
        VisionTower tower = new VisionTower(g.builder(), g.parameters(), spec);
        Value pixels = g.in("pixel_values");
        S2Tower.Features f = new S2Tower(g.builder(), spec, tower)
                .features(pixels, sizes(c, pixels.shape().dim(2), spec), ModelSpec.GridSize.SMALLEST);
        List<Value> read = new ArrayList<>(f.tiles());
        read.add(f.joined());
        Map<Value, double[]> found = g.run(backend, read);
        out.check("features", f.joined(), found);
        for (int i = 0; i < f.tiles().size(); i++) {
            Value tiles = f.tiles().get(i);
            out.check("splits." + i, LowPassCheck.picture(Findings.of(tiles, found), tiles.shape(), spec));
        }
    }

    /// Sides of the picture at each scale, given as they are or as factors of the input's.
    private static List<Integer> sizes(GoldenCase c, int input, ModelSpec spec) {
        JsonNode split = c.params().path("max_split_size"), sizes = c.params().path("img_sizes");
        int low = spec.ps3().scales().getFirst();
        if ((split.isNumber() ? split.asInt() : input) != low) {
            throw new GoldenException("tiles of another size than the model's " + low);
        }
        return sizes.isArray()
                ? sizes.valueStream().map(JsonNode::asInt).toList()
                : c.params()
                        .path("scales")
                        .valueStream()
                        .map(s -> (int) (input * s.asDouble()))
                        .toList();
    }
}
