package dev.fovea.runtime.ir;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a node computes. A family file holds, for each op, its shape rule, its meaning and its gradient.
///
/// `evaluate` is the definition: plain double loops, no blocking, no threads. Every fast kernel of every backend
/// is tested against it.
public sealed interface Op
        permits Op.Differentiable,
                LinearOp.Backward,
                NormOp.Backward,
                AttentionOp.Backward,
                PointwiseOp.Backward,
                TokenOp.Backward,
                TileOp.Backward,
                PositionOp.Backward,
                ConvolutionOp.Backward,
                MapOp.Backward,
                LossOp.Backward,
                ImageOp,
                MeasureOp,
                UpdateOp,
                HostCall {

    /// The values read, in the order `evaluate` gets their data.
    List<Value> inputs();

    /// Shapes of the outputs, in order. Throws `IllegalArgumentException` naming the values if the inputs do not
    /// fit.
    List<Shape> outputShapes();

    /// Element type of output `j`.
    default DType outputType(int j) {
        return DType.F32;
    }

    /// Reads `in[i]` (the data of `inputs().get(i)`) and overwrites `out[j]`, which arrive zeroed.
    void evaluate(double[][] in, double[][] out);

    /// Whether output `j` may take over the memory of input `i`, if nobody reads that input later. Only where no
    /// kernel of any backend reads an element of the input after it wrote that element of the output.
    default boolean overwrites(int j, int i) {
        return false;
    }

    /// Floating-point operations by this rule: a multiply-add in matrix products, attention, convolutions and
    /// resampling counts two; pointwise work, reductions and copies count nothing.
    default long flops() {
        return 0;
    }

    /// Name in program text and errors.
    default String name() {
        return getClass().getSimpleName();
    }

    /// An op that gradients may flow through.
    sealed interface Differentiable extends Op
            permits LinearOp.Forward,
                    NormOp.Forward,
                    AttentionOp.Forward,
                    PointwiseOp.Forward,
                    TokenOp.Forward,
                    TileOp.Forward,
                    PositionOp.Forward,
                    ConvolutionOp.Forward,
                    MapOp.Forward,
                    LossOp.Forward {
        /// Adds the nodes of the vector-Jacobian product. `outputGradients` has null where none arrives; the
        /// answer has one entry for each input, null where no gradient flows.
        List<@Nullable Value> gradient(GraphBuilder b, List<Value> outputs, List<@Nullable Value> outputGradients);
    }
}
