package dev.fovea.runtime.exec.cpu;

import dev.fovea.runtime.exec.cpu.kernel.RangeBody;
import dev.fovea.runtime.exec.cpu.kernel.SelfAttention;
import dev.fovea.runtime.exec.cpu.kernel.SelfAttentionGradient;
import dev.fovea.runtime.exec.cpu.kernel.Workers;
import dev.fovea.runtime.ir.AttentionOp;
import dev.fovea.runtime.ir.ConvolutionOp;
import dev.fovea.runtime.ir.HostCall;
import dev.fovea.runtime.ir.ImageOp;
import dev.fovea.runtime.ir.LinearOp;
import dev.fovea.runtime.ir.LossOp;
import dev.fovea.runtime.ir.MapOp;
import dev.fovea.runtime.ir.MeasureOp;
import dev.fovea.runtime.ir.Node;
import dev.fovea.runtime.ir.NormOp;
import dev.fovea.runtime.ir.PointwiseOp;
import dev.fovea.runtime.ir.PositionOp;
import dev.fovea.runtime.ir.TileOp;
import dev.fovea.runtime.ir.TokenOp;
import dev.fovea.runtime.ir.UpdateOp;
import dev.fovea.runtime.ir.Value;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.function.Function;

/// Turns nodes into steps: picks the family, and gives the families what they share.
///
/// The switches here and in the families have no default, so an op without a kernel does not compile.
final class Lowering {
    /// Elements below which a thread of its own does not pay.
    private static final int GRAIN = 1 << 14;
    /// Elements of one call of a pointwise kernel: a multiple of the vector width, so that parts begin at whole
    /// vectors, and few, because the JVM compiles what is called often much sooner than what loops long.
    private static final int ITEM = 1 << 9;

    private final Engine engine;
    private final Scratch scratch;
    private final Function<Value, MemorySegment> memory;

    /// @param memory where each value lives
    Lowering(Engine engine, Scratch scratch, Function<Value, MemorySegment> memory) {
        this.engine = engine;
        this.scratch = scratch;
        this.memory = memory;
    }

    /// The parts of a backend that steps call: its threads and the kernels with memory of their own.
    record Engine(Workers workers, Gemms gemms, SelfAttention attention, SelfAttentionGradient attentionGradient) {}

    /// Works on the elements `from` to `to`.
    @FunctionalInterface
    interface ElementBody {
        void run(long from, long to);
    }

    /// The step of a node that is no host call.
    Step lower(Node node) {
        List<Value> out = node.outputs();
        return switch (node.op()) {
            case LinearOp.Forward op -> LinearCpu.lower(op, out, this);
            case LinearOp.Backward op -> LinearCpu.lower(op, out, this);
            case NormOp.Forward op -> NormCpu.lower(op, out, this);
            case NormOp.Backward op -> NormCpu.lower(op, out, this);
            case AttentionOp.Forward op -> AttentionCpu.lower(op, out, this);
            case AttentionOp.Backward op -> AttentionCpu.lower(op, out, this);
            case PointwiseOp.Forward op -> PointwiseCpu.lower(op, out, this);
            case PointwiseOp.Backward op -> PointwiseCpu.lower(op, out, this);
            case TokenOp.Forward op -> TokenCpu.lower(op, out, this);
            case TokenOp.Backward op -> TokenCpu.lower(op, out, this);
            case TileOp.Forward op -> TileCpu.lower(op, out, this);
            case TileOp.Backward op -> TileCpu.lower(op, out, this);
            case PositionOp.Forward op -> PositionCpu.lower(op, out, this);
            case PositionOp.Backward op -> PositionCpu.lower(op, out, this);
            case ConvolutionOp.Forward op -> ConvolutionCpu.lower(op, out, this);
            case ConvolutionOp.Backward op -> ConvolutionCpu.lower(op, out, this);
            case MapOp.Forward op -> MapCpu.lower(op, out, this);
            case MapOp.Backward op -> MapCpu.lower(op, out, this);
            case LossOp.Forward op -> LossCpu.lower(op, out, this);
            case LossOp.Backward op -> LossCpu.lower(op, out, this);
            case ImageOp op -> ImageCpu.lower(op, out, this);
            case MeasureOp op -> MeasureCpu.lower(op, out, this);
            case UpdateOp op -> UpdateCpu.lower(op, out, this);
            case HostCall op -> throw new IllegalArgumentException(op.name() + " is run by the session");
        };
    }

    Engine engine() {
        return engine;
    }

    Scratch scratch() {
        return scratch;
    }

    /// The memory of a value.
    MemorySegment of(Value value) {
        return memory.apply(value);
    }

    /// A step over `items` items, in parts of at least `grain`.
    Step range(int items, int grain, RangeBody body) {
        Workers workers = engine.workers();
        return () -> workers.forRange(items, grain, body);
    }

    /// A step over rows of `width` elements.
    Step rows(int rows, int width, RangeBody body) {
        return range(rows, Math.max(1, GRAIN / width), body);
    }

    /// A step over single elements.
    Step elements(int elements, ElementBody body) {
        return range(Math.ceilDiv(elements, ITEM), GRAIN / ITEM, (from, to, _) -> {
            for (int item = from; item < to; item++) {
                body.run((long) item * ITEM, Math.min(elements, (item + 1L) * ITEM));
            }
        });
    }

    /// A step that runs on the calling thread.
    static Step single(Runnable body) {
        return body::run;
    }
}
