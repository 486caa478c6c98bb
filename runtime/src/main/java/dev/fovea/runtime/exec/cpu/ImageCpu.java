package dev.fovea.runtime.exec.cpu;

import dev.fovea.runtime.exec.cpu.kernel.Maps;
import dev.fovea.runtime.exec.cpu.kernel.PatchCutter;
import dev.fovea.runtime.ir.Cubic;
import dev.fovea.runtime.ir.ImageOp;
import dev.fovea.runtime.ir.Value;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// Pictures and box maps.
///
/// Legend: B batch, K patches, H x W picture or map size.
final class ImageCpu {
    private ImageCpu() {}

    static Step lower(ImageOp op, List<Value> out, Lowering l) {
        return switch (op) {
            case ImageOp.CutPatches cut -> cutPatches(cut, out.getFirst(), l);
            case ImageOp.AreaResize area -> {
                MemorySegment y = l.of(out.getFirst());
                MemorySegment map = l.of(area.map());
                int height = area.map().shape().dim(1);
                int width = area.map().shape().dim(2);
                Maps kernel = new Maps(height, width, area.rows(), area.columns());
                int cells = out.getFirst().shape().elements();
                int window = Math.max(1, height / area.rows() * (width / area.columns()));
                yield l.rows(cells, window, (from, to, _) -> kernel.area(y, map, from, to));
            }
            case ImageOp.GridIndices grid -> {
                MemorySegment y = l.of(out.getFirst());
                MemorySegment indices = l.of(grid.indices());
                int count = out.getFirst().shape().elements();
                yield Lowering.single(() -> Maps.regrid(y, indices, grid.columns(), grid.side(), count));
            }
            case ImageOp.GatherCells gather -> {
                MemorySegment y = l.of(out.getFirst());
                MemorySegment map = l.of(gather.map());
                MemorySegment indices = l.of(gather.indices());
                int cells = gather.map().shape().dim(1);
                int count = gather.indices().shape().dim(1);
                yield l.rows(
                        out.getFirst().shape().elements(),
                        1,
                        (from, to, _) -> Maps.gather(y, map, indices, cells, count, from, to));
            }
        };
    }

    private static Step cutPatches(ImageOp.CutPatches op, Value output, Lowering l) {
        MemorySegment patches = l.of(output);
        MemorySegment pixels = l.of(op.pixels());
        int height = op.pixels().shape().dim(2);
        int width = op.pixels().shape().dim(3);
        PatchCutter cutter = new PatchCutter(
                op.pixels().shape().dim(1),
                height,
                width,
                op.patch(),
                axis(op, height, op.height()),
                axis(op, width, op.width()));
        int rows = output.shape().rows();
        int work = Math.toIntExact(Math.min(1 << 30, output.shape().dim(-1) + op.flops() / rows));
        Value chosen = op.indices();
        if (chosen == null) {
            return l.rows(rows, work, (from, to, _) -> cutter.cutAll(patches, pixels, from, to));
        }
        MemorySegment indices = l.of(chosen);
        int count = op.count();
        return l.rows(rows, work, (from, to, _) -> cutter.cut(patches, pixels, indices, count, from, to));
    }

    private static PatchCutter.Axis axis(ImageOp.CutPatches op, int in, int out) {
        int count = op.taps(0, in, out).weights().length;
        int[] first = new int[out];
        float[] weights = new float[count * out];
        for (int i = 0; i < out; i++) {
            Cubic.Taps taps = op.taps(i, in, out);
            first[i] = taps.first();
            for (int k = 0; k < count; k++) {
                weights[count * i + k] = (float) taps.weights()[k];
            }
        }
        return new PatchCutter.Axis(first, weights);
    }
}
