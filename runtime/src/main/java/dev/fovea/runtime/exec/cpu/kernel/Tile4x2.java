package dev.fovea.runtime.exec.cpu.kernel;

import static dev.fovea.runtime.exec.cpu.kernel.Lanes.FLOATS;
import static dev.fovea.runtime.exec.cpu.kernel.Lanes.WIDTH;

import jdk.incubator.vector.FloatVector;

/// A tile of 4 rows by 2 vectors: 8 sums, 2 vectors of b and one of a, for CPUs with 16 vector registers.
/// Larger tiles would fit on paper (12 sums of 6 x 2 or 4 x 3), but the compiler then spills: measured at half
/// and at a quarter of the speed.
///
/// Flat on purpose, as [Tile8x3] explains.
final class Tile4x2 implements MicroKernel {
    private static final int ROWS = 4;
    private static final int COLUMNS = 2 * WIDTH;

    @Override
    public int rows() {
        return ROWS;
    }

    @Override
    public int columns() {
        return COLUMNS;
    }

    @Override
    public void multiply(float[] t, int tOffset, float[] a, int aOffset, float[] b, int bOffset, int depth) {
        FloatVector c00 = FloatVector.zero(FLOATS);
        FloatVector c01 = FloatVector.zero(FLOATS);
        FloatVector c10 = FloatVector.zero(FLOATS);
        FloatVector c11 = FloatVector.zero(FLOATS);
        FloatVector c20 = FloatVector.zero(FLOATS);
        FloatVector c21 = FloatVector.zero(FLOATS);
        FloatVector c30 = FloatVector.zero(FLOATS);
        FloatVector c31 = FloatVector.zero(FLOATS);
        for (int p = 0; p < depth; p++) {
            int ai = aOffset + p * ROWS;
            int bi = bOffset + p * 2 * WIDTH;
            FloatVector b0 = FloatVector.fromArray(FLOATS, b, bi);
            FloatVector b1 = FloatVector.fromArray(FLOATS, b, bi + WIDTH);
            FloatVector a0 = FloatVector.broadcast(FLOATS, a[ai]);
            c00 = a0.fma(b0, c00);
            c01 = a0.fma(b1, c01);
            FloatVector a1 = FloatVector.broadcast(FLOATS, a[ai + 1]);
            c10 = a1.fma(b0, c10);
            c11 = a1.fma(b1, c11);
            FloatVector a2 = FloatVector.broadcast(FLOATS, a[ai + 2]);
            c20 = a2.fma(b0, c20);
            c21 = a2.fma(b1, c21);
            FloatVector a3 = FloatVector.broadcast(FLOATS, a[ai + 3]);
            c30 = a3.fma(b0, c30);
            c31 = a3.fma(b1, c31);
        }
        c00.intoArray(t, tOffset);
        c01.intoArray(t, tOffset + WIDTH);
        c10.intoArray(t, tOffset + COLUMNS);
        c11.intoArray(t, tOffset + COLUMNS + WIDTH);
        c20.intoArray(t, tOffset + 2 * COLUMNS);
        c21.intoArray(t, tOffset + 2 * COLUMNS + WIDTH);
        c30.intoArray(t, tOffset + 3 * COLUMNS);
        c31.intoArray(t, tOffset + 3 * COLUMNS + WIDTH);
    }

    @Override
    public void multiplyAdd(float[] t, int tOffset, float[] a, int aOffset, float[] b, int bOffset, int depth) {
        FloatVector c00 = FloatVector.fromArray(FLOATS, t, tOffset);
        FloatVector c01 = FloatVector.fromArray(FLOATS, t, tOffset + WIDTH);
        FloatVector c10 = FloatVector.fromArray(FLOATS, t, tOffset + COLUMNS);
        FloatVector c11 = FloatVector.fromArray(FLOATS, t, tOffset + COLUMNS + WIDTH);
        FloatVector c20 = FloatVector.fromArray(FLOATS, t, tOffset + 2 * COLUMNS);
        FloatVector c21 = FloatVector.fromArray(FLOATS, t, tOffset + 2 * COLUMNS + WIDTH);
        FloatVector c30 = FloatVector.fromArray(FLOATS, t, tOffset + 3 * COLUMNS);
        FloatVector c31 = FloatVector.fromArray(FLOATS, t, tOffset + 3 * COLUMNS + WIDTH);
        for (int p = 0; p < depth; p++) {
            int ai = aOffset + p * ROWS;
            int bi = bOffset + p * 2 * WIDTH;
            FloatVector b0 = FloatVector.fromArray(FLOATS, b, bi);
            FloatVector b1 = FloatVector.fromArray(FLOATS, b, bi + WIDTH);
            FloatVector a0 = FloatVector.broadcast(FLOATS, a[ai]);
            c00 = a0.fma(b0, c00);
            c01 = a0.fma(b1, c01);
            FloatVector a1 = FloatVector.broadcast(FLOATS, a[ai + 1]);
            c10 = a1.fma(b0, c10);
            c11 = a1.fma(b1, c11);
            FloatVector a2 = FloatVector.broadcast(FLOATS, a[ai + 2]);
            c20 = a2.fma(b0, c20);
            c21 = a2.fma(b1, c21);
            FloatVector a3 = FloatVector.broadcast(FLOATS, a[ai + 3]);
            c30 = a3.fma(b0, c30);
            c31 = a3.fma(b1, c31);
        }
        c00.intoArray(t, tOffset);
        c01.intoArray(t, tOffset + WIDTH);
        c10.intoArray(t, tOffset + COLUMNS);
        c11.intoArray(t, tOffset + COLUMNS + WIDTH);
        c20.intoArray(t, tOffset + 2 * COLUMNS);
        c21.intoArray(t, tOffset + 2 * COLUMNS + WIDTH);
        c30.intoArray(t, tOffset + 3 * COLUMNS);
        c31.intoArray(t, tOffset + 3 * COLUMNS + WIDTH);
    }
}
