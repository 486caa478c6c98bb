package dev.fovea.runtime.exec.cpu;

import dev.fovea.runtime.exec.cpu.kernel.Lanes;
import dev.fovea.runtime.exec.cpu.kernel.Squares;
import dev.fovea.runtime.ir.MeasureOp;
import dev.fovea.runtime.ir.Value;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// Norms and the factor that clips a gradient.
final class MeasureCpu {
    private MeasureCpu() {}

    static Step lower(MeasureOp op, List<Value> out, Lowering l) {
        MemorySegment y = l.of(out.getFirst());
        return switch (op) {
            case MeasureOp.GlobalNorm norm -> norm(norm, y, l);
            case MeasureOp.ClipFactor clip -> {
                MemorySegment norm = l.of(clip.norm());
                double limit = clip.limit();
                yield () -> y.set(Lanes.FLOAT, 0, (float) Math.min(1, limit / (norm.get(Lanes.FLOAT, 0) + 1e-6)));
            }
        };
    }

    /// Sums of squares of blocks of fixed size, added in order: the norm does not depend on the number of
    /// threads.
    private static Step norm(MeasureOp.GlobalNorm op, MemorySegment y, Lowering l) {
        MemorySegment[] values = op.values().stream().map(l::of).toArray(MemorySegment[]::new);
        int[] sizes = op.values().stream().mapToInt(v -> v.shape().elements()).toArray();
        int[] firstBlock = new int[sizes.length + 1];
        for (int i = 0; i < sizes.length; i++) {
            firstBlock[i + 1] = firstBlock[i] + Math.ceilDiv(sizes[i], Squares.BLOCK);
        }
        double[] sums = new double[firstBlock[sizes.length]];
        return l.rows(sums.length, Squares.BLOCK, (from, to, _) -> blocks(sums, values, sizes, firstBlock, from, to))
                .then(() -> {
                    double sum = 0;
                    for (double s : sums) {
                        sum += s;
                    }
                    y.set(Lanes.FLOAT, 0, (float) Math.sqrt(sum));
                });
    }

    private static void blocks(double[] sums, MemorySegment[] values, int[] sizes, int[] firstBlock, int from, int to) {
        float[] lanes = new float[Lanes.WIDTH];
        int value = 0;
        for (int block = from; block < to; block++) {
            while (block >= firstBlock[value + 1]) {
                value++;
            }
            long start = (long) (block - firstBlock[value]) * Squares.BLOCK;
            sums[block] = Squares.sum(values[value], start, Math.min(sizes[value], start + Squares.BLOCK), lanes);
        }
    }
}
