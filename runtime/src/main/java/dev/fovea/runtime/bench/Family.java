package dev.fovea.runtime.bench;

import dev.fovea.runtime.ir.AttentionOp;
import dev.fovea.runtime.ir.ConvolutionOp;
import dev.fovea.runtime.ir.HostCall;
import dev.fovea.runtime.ir.ImageOp;
import dev.fovea.runtime.ir.LinearOp;
import dev.fovea.runtime.ir.LossOp;
import dev.fovea.runtime.ir.MapOp;
import dev.fovea.runtime.ir.MeasureOp;
import dev.fovea.runtime.ir.NormOp;
import dev.fovea.runtime.ir.Op;
import dev.fovea.runtime.ir.PointwiseOp;
import dev.fovea.runtime.ir.PositionOp;
import dev.fovea.runtime.ir.TileOp;
import dev.fovea.runtime.ir.TokenOp;
import dev.fovea.runtime.ir.UpdateOp;

/// Ops whose time follows the same rule: so many operations a second, or so many bytes a second.
public enum Family {
    /// Matrix products, all forms.
    PRODUCT(true),
    /// Attention of tokens among themselves.
    ATTENTION(true),
    /// Its gradient.
    ATTENTION_GRADIENT(true),
    /// Depthwise convolutions and the gradients of their inputs.
    CONVOLUTION(true),
    /// Gradients of the weights of depthwise convolutions.
    CONVOLUTION_GRADIENT(true),
    /// Patches cut from a picture that is resized on the way.
    PATCHES(true),
    /// Layer norm.
    NORM(false),
    /// Its gradient.
    NORM_GRADIENT(false),
    /// GELU and its gradient.
    ACTIVATION(false),
    /// The optimizer.
    UPDATE(false),
    /// Everything else: copies, sums, maps, losses.
    MOVING(false);

    private final boolean byFlops;

    Family(boolean byFlops) {
        this.byFlops = byFlops;
    }

    /// What an op's time goes by: its operations, or the bytes that it moves.
    long amount(Op op) {
        return byFlops ? op.flops() : OpBytes.of(op);
    }

    /// The family of an op.
    static Family of(Op op) {
        return switch (op) {
            case LinearOp.SumRows _ -> MOVING;
            case LinearOp.Forward _, LinearOp.Backward _ -> PRODUCT;
            case AttentionOp.SelfAttention _ -> ATTENTION;
            case AttentionOp.SelfAttentionBackward _ -> ATTENTION_GRADIENT;
            case AttentionOp.PoolAttention _, AttentionOp.PoolAttentionBackward _ -> MOVING;
            case ConvolutionOp.DepthwiseConvolution _, ConvolutionOp.DepthwiseBackwardInput _ -> CONVOLUTION;
            case ConvolutionOp.DepthwiseBackwardWeight _ -> CONVOLUTION_GRADIENT;
            case ImageOp.CutPatches cut -> cut.flops() > 0 ? PATCHES : MOVING;
            case NormOp.LayerNorm _ -> NORM;
            case NormOp.LayerNormBackward _ -> NORM_GRADIENT;
            case PointwiseOp.Gelu _, PointwiseOp.GeluBackward _ -> ACTIVATION;
            case UpdateOp _ -> UPDATE;
            case NormOp.Forward _,
                    NormOp.Backward _,
                    PointwiseOp.Forward _,
                    PointwiseOp.Backward _,
                    TokenOp.Forward _,
                    TokenOp.Backward _,
                    TileOp.Forward _,
                    TileOp.Backward _,
                    PositionOp.Forward _,
                    PositionOp.Backward _,
                    MapOp.Forward _,
                    MapOp.Backward _,
                    LossOp.Forward _,
                    LossOp.Backward _,
                    ImageOp _,
                    MeasureOp _,
                    HostCall _ -> MOVING;
        };
    }
}
