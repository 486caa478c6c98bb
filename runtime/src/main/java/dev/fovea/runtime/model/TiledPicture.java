package dev.fovea.runtime.model;

import dev.fovea.dsl.spec.ModelSpec;
import dev.fovea.runtime.ir.GraphBuilder;
import dev.fovea.runtime.ir.ImageOp;
import dev.fovea.runtime.ir.Value;

/// The baselines in place of a look of PS3: all of the picture in tiles, and the tokens inside a box pooled
/// (ps3-spec 1.10, 4.1, 4.2).
///
/// Legend: B batch, H x W picture, D width, N tokens, n scales, S width of the shared space.
public final class TiledPicture {
    /// Name of the layer that brings the joined scales of S2 to the transformer's width.
    public static final String PROJECTION = "vision_model.s2_proj";

    private final GraphBuilder b;
    private final Parameters p;
    private final ModelSpec spec;
    private final VisionTower tower;

    /// An encoder that appends to `b`.
    public TiledPicture(GraphBuilder b, Parameters p, ModelSpec spec) {
        this.b = b;
        this.p = p;
        this.spec = spec;
        this.tower = new VisionTower(b, p, spec);
    }

    /// pixels (B,3,H,W), boxMap (B,H,W) positive inside the box and everywhere for a text about the whole
    /// picture -> (B,S): the tokens whose patch the box touches, pooled by attention; all of them where it
    /// touches none.
    ///
    /// The features of S2 (B,N,n*D) pass through one learned linear layer to (B,N,D) first.
    ///
    /// @throws IllegalArgumentException if the model selects patches, or sizes do not fit
    public Value pooled(Value pixels, Value boxMap) {
        AnyResTower.Tokens t = switch (spec.encoder()) {
            case ModelSpec.S2 s2 -> s2(pixels, boxMap, s2);
            case ModelSpec.AnyRes rule -> new AnyResTower(b, p, spec, tower).tokens(pixels, boxMap, rule);
            case ModelSpec.SelectedPatches _ ->
                throw new IllegalArgumentException("a model that selects patches is no baseline of tiles");
        };
        return tower.pool(tower.finalNorm(t.tokens()), t.coverage());
    }

    private AnyResTower.Tokens s2(Value pixels, Value boxMap, ModelSpec.S2 s2) {
        S2Tower.Features f =
                new S2Tower(b, spec, tower).features(pixels, spec.ps3().scales(), s2.size());
        int d = spec.vision().width();
        Value tokens = new Layers(b, p)
                .linear(f.joined(), PROJECTION, f.joined().shape().dim(2), d);
        return new AnyResTower.Tokens(tokens, b.add(new ImageOp.AreaResize(boxMap, f.side(), f.side())));
    }
}
