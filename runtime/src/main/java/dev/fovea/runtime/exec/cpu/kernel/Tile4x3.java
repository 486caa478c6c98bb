package dev.fovea.runtime.exec.cpu.kernel;

import static dev.fovea.runtime.exec.cpu.kernel.Lanes.FLOATS;
import static dev.fovea.runtime.exec.cpu.kernel.Lanes.WIDTH;

import jdk.incubator.vector.FloatVector;

/// A tile of 4 rows by 3 vectors: 12 sums, 3 vectors of b and one of a, for CPUs with 16 vector registers.
///
/// Flat on purpose: the compiler keeps the sums in registers only if the loop has no calls and the method is
/// one piece. The indices are written so that it can prove them in bounds before the loop: as running indices,
/// or as `p * COLUMNS` (which it turns into two shifts before it looks), every access is checked and a quarter
/// of the speed is gone.
final class Tile4x3 implements MicroKernel {
    private static final int ROWS = 4;
    private static final int COLUMNS = 3 * WIDTH;

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
        FloatVector c02 = FloatVector.zero(FLOATS);
        FloatVector c10 = FloatVector.zero(FLOATS);
        FloatVector c11 = FloatVector.zero(FLOATS);
        FloatVector c12 = FloatVector.zero(FLOATS);
        FloatVector c20 = FloatVector.zero(FLOATS);
        FloatVector c21 = FloatVector.zero(FLOATS);
        FloatVector c22 = FloatVector.zero(FLOATS);
        FloatVector c30 = FloatVector.zero(FLOATS);
        FloatVector c31 = FloatVector.zero(FLOATS);
        FloatVector c32 = FloatVector.zero(FLOATS);
        for (int p = 0; p < depth; p++) {
            int ai = aOffset + p * ROWS;
            int bi = bOffset + p * 3 * WIDTH;
            FloatVector b0 = FloatVector.fromArray(FLOATS, b, bi);
            FloatVector b1 = FloatVector.fromArray(FLOATS, b, bi + WIDTH);
            FloatVector b2 = FloatVector.fromArray(FLOATS, b, bi + 2 * WIDTH);
            FloatVector a0 = FloatVector.broadcast(FLOATS, a[ai]);
            c00 = a0.fma(b0, c00);
            c01 = a0.fma(b1, c01);
            c02 = a0.fma(b2, c02);
            FloatVector a1 = FloatVector.broadcast(FLOATS, a[ai + 1]);
            c10 = a1.fma(b0, c10);
            c11 = a1.fma(b1, c11);
            c12 = a1.fma(b2, c12);
            FloatVector a2 = FloatVector.broadcast(FLOATS, a[ai + 2]);
            c20 = a2.fma(b0, c20);
            c21 = a2.fma(b1, c21);
            c22 = a2.fma(b2, c22);
            FloatVector a3 = FloatVector.broadcast(FLOATS, a[ai + 3]);
            c30 = a3.fma(b0, c30);
            c31 = a3.fma(b1, c31);
            c32 = a3.fma(b2, c32);
        }
        c00.intoArray(t, tOffset);
        c01.intoArray(t, tOffset + WIDTH);
        c02.intoArray(t, tOffset + 2 * WIDTH);
        c10.intoArray(t, tOffset + COLUMNS);
        c11.intoArray(t, tOffset + COLUMNS + WIDTH);
        c12.intoArray(t, tOffset + COLUMNS + 2 * WIDTH);
        c20.intoArray(t, tOffset + 2 * COLUMNS);
        c21.intoArray(t, tOffset + 2 * COLUMNS + WIDTH);
        c22.intoArray(t, tOffset + 2 * COLUMNS + 2 * WIDTH);
        c30.intoArray(t, tOffset + 3 * COLUMNS);
        c31.intoArray(t, tOffset + 3 * COLUMNS + WIDTH);
        c32.intoArray(t, tOffset + 3 * COLUMNS + 2 * WIDTH);
    }

    @Override
    public void multiplyAdd(float[] t, int tOffset, float[] a, int aOffset, float[] b, int bOffset, int depth) {
        FloatVector c00 = FloatVector.fromArray(FLOATS, t, tOffset);
        FloatVector c01 = FloatVector.fromArray(FLOATS, t, tOffset + WIDTH);
        FloatVector c02 = FloatVector.fromArray(FLOATS, t, tOffset + 2 * WIDTH);
        FloatVector c10 = FloatVector.fromArray(FLOATS, t, tOffset + COLUMNS);
        FloatVector c11 = FloatVector.fromArray(FLOATS, t, tOffset + COLUMNS + WIDTH);
        FloatVector c12 = FloatVector.fromArray(FLOATS, t, tOffset + COLUMNS + 2 * WIDTH);
        FloatVector c20 = FloatVector.fromArray(FLOATS, t, tOffset + 2 * COLUMNS);
        FloatVector c21 = FloatVector.fromArray(FLOATS, t, tOffset + 2 * COLUMNS + WIDTH);
        FloatVector c22 = FloatVector.fromArray(FLOATS, t, tOffset + 2 * COLUMNS + 2 * WIDTH);
        FloatVector c30 = FloatVector.fromArray(FLOATS, t, tOffset + 3 * COLUMNS);
        FloatVector c31 = FloatVector.fromArray(FLOATS, t, tOffset + 3 * COLUMNS + WIDTH);
        FloatVector c32 = FloatVector.fromArray(FLOATS, t, tOffset + 3 * COLUMNS + 2 * WIDTH);
        for (int p = 0; p < depth; p++) {
            int ai = aOffset + p * ROWS;
            int bi = bOffset + p * 3 * WIDTH;
            FloatVector b0 = FloatVector.fromArray(FLOATS, b, bi);
            FloatVector b1 = FloatVector.fromArray(FLOATS, b, bi + WIDTH);
            FloatVector b2 = FloatVector.fromArray(FLOATS, b, bi + 2 * WIDTH);
            FloatVector a0 = FloatVector.broadcast(FLOATS, a[ai]);
            c00 = a0.fma(b0, c00);
            c01 = a0.fma(b1, c01);
            c02 = a0.fma(b2, c02);
            FloatVector a1 = FloatVector.broadcast(FLOATS, a[ai + 1]);
            c10 = a1.fma(b0, c10);
            c11 = a1.fma(b1, c11);
            c12 = a1.fma(b2, c12);
            FloatVector a2 = FloatVector.broadcast(FLOATS, a[ai + 2]);
            c20 = a2.fma(b0, c20);
            c21 = a2.fma(b1, c21);
            c22 = a2.fma(b2, c22);
            FloatVector a3 = FloatVector.broadcast(FLOATS, a[ai + 3]);
            c30 = a3.fma(b0, c30);
            c31 = a3.fma(b1, c31);
            c32 = a3.fma(b2, c32);
        }
        c00.intoArray(t, tOffset);
        c01.intoArray(t, tOffset + WIDTH);
        c02.intoArray(t, tOffset + 2 * WIDTH);
        c10.intoArray(t, tOffset + COLUMNS);
        c11.intoArray(t, tOffset + COLUMNS + WIDTH);
        c12.intoArray(t, tOffset + COLUMNS + 2 * WIDTH);
        c20.intoArray(t, tOffset + 2 * COLUMNS);
        c21.intoArray(t, tOffset + 2 * COLUMNS + WIDTH);
        c22.intoArray(t, tOffset + 2 * COLUMNS + 2 * WIDTH);
        c30.intoArray(t, tOffset + 3 * COLUMNS);
        c31.intoArray(t, tOffset + 3 * COLUMNS + WIDTH);
        c32.intoArray(t, tOffset + 3 * COLUMNS + 2 * WIDTH);
    }
}
