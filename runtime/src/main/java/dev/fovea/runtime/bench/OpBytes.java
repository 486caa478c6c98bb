package dev.fovea.runtime.bench;

import dev.fovea.runtime.ir.ImageOp;
import dev.fovea.runtime.ir.Op;
import dev.fovea.runtime.ir.Shape;
import dev.fovea.runtime.ir.TileOp;
import dev.fovea.runtime.ir.TokenOp;
import dev.fovea.runtime.ir.Value;
import java.util.List;

/// What an op must move at least: every element that it needs read once, every output written once. Ops that need
/// but a part of an input, such as those that pick rows, count that part.
public final class OpBytes {
    private OpBytes() {}

    /// Bytes of one run.
    public static long of(Op op) {
        long written = written(op);
        return switch (op) {
            case TokenOp.Gather gather -> 2 * written + gather.indices().bytes();
            case TokenOp.Slice _, TokenOp.AtHighest _, TileOp.Window _ -> 2 * written;
            case ImageOp.GatherCells gather -> 2 * written + gather.indices().bytes();
            case ImageOp.CutPatches cut -> written + cutFrom(cut);
            default -> written + read(op.inputs());
        };
    }

    private static long read(List<Value> inputs) {
        return inputs.stream().distinct().mapToLong(Value::bytes).sum();
    }

    private static long written(Op op) {
        return op.outputShapes().stream()
                .mapToLong(Shape::elements)
                .map(elements -> elements * Float.BYTES)
                .sum();
    }

    /// The pixels that lie under the patches, at the size of the picture.
    private static long cutFrom(ImageOp.CutPatches cut) {
        double cells = (double) (cut.height() / cut.patch()) * (cut.width() / cut.patch());
        double share = Math.min(1, cut.count() / cells);
        long indices = cut.indices() == null ? 0 : cut.indices().bytes();
        return Math.round(cut.pixels().bytes() * share) + indices;
    }
}
