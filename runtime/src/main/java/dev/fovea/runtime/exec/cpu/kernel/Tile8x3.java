package dev.fovea.runtime.exec.cpu.kernel;

import static dev.fovea.runtime.exec.cpu.kernel.Lanes.FLOATS;
import static dev.fovea.runtime.exec.cpu.kernel.Lanes.WIDTH;

import jdk.incubator.vector.FloatVector;

/// A tile of 8 rows by 3 vectors: 24 sums, 3 vectors of b and one of a, for CPUs with 32 vector registers.
///
/// Flat on purpose: the compiler keeps the sums in registers only if the loop has no calls and the method is
/// one piece. The indices are written so that it can prove them in bounds before the loop: as running indices,
/// or as `p * COLUMNS` (which it turns into two shifts before it looks), every access is checked and a quarter
/// of the speed is gone.
final class Tile8x3 implements MicroKernel {
    private static final int ROWS = 8;
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
        FloatVector c40 = FloatVector.zero(FLOATS);
        FloatVector c41 = FloatVector.zero(FLOATS);
        FloatVector c42 = FloatVector.zero(FLOATS);
        FloatVector c50 = FloatVector.zero(FLOATS);
        FloatVector c51 = FloatVector.zero(FLOATS);
        FloatVector c52 = FloatVector.zero(FLOATS);
        FloatVector c60 = FloatVector.zero(FLOATS);
        FloatVector c61 = FloatVector.zero(FLOATS);
        FloatVector c62 = FloatVector.zero(FLOATS);
        FloatVector c70 = FloatVector.zero(FLOATS);
        FloatVector c71 = FloatVector.zero(FLOATS);
        FloatVector c72 = FloatVector.zero(FLOATS);
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
            FloatVector a4 = FloatVector.broadcast(FLOATS, a[ai + 4]);
            c40 = a4.fma(b0, c40);
            c41 = a4.fma(b1, c41);
            c42 = a4.fma(b2, c42);
            FloatVector a5 = FloatVector.broadcast(FLOATS, a[ai + 5]);
            c50 = a5.fma(b0, c50);
            c51 = a5.fma(b1, c51);
            c52 = a5.fma(b2, c52);
            FloatVector a6 = FloatVector.broadcast(FLOATS, a[ai + 6]);
            c60 = a6.fma(b0, c60);
            c61 = a6.fma(b1, c61);
            c62 = a6.fma(b2, c62);
            FloatVector a7 = FloatVector.broadcast(FLOATS, a[ai + 7]);
            c70 = a7.fma(b0, c70);
            c71 = a7.fma(b1, c71);
            c72 = a7.fma(b2, c72);
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
        c40.intoArray(t, tOffset + 4 * COLUMNS);
        c41.intoArray(t, tOffset + 4 * COLUMNS + WIDTH);
        c42.intoArray(t, tOffset + 4 * COLUMNS + 2 * WIDTH);
        c50.intoArray(t, tOffset + 5 * COLUMNS);
        c51.intoArray(t, tOffset + 5 * COLUMNS + WIDTH);
        c52.intoArray(t, tOffset + 5 * COLUMNS + 2 * WIDTH);
        c60.intoArray(t, tOffset + 6 * COLUMNS);
        c61.intoArray(t, tOffset + 6 * COLUMNS + WIDTH);
        c62.intoArray(t, tOffset + 6 * COLUMNS + 2 * WIDTH);
        c70.intoArray(t, tOffset + 7 * COLUMNS);
        c71.intoArray(t, tOffset + 7 * COLUMNS + WIDTH);
        c72.intoArray(t, tOffset + 7 * COLUMNS + 2 * WIDTH);
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
        FloatVector c40 = FloatVector.fromArray(FLOATS, t, tOffset + 4 * COLUMNS);
        FloatVector c41 = FloatVector.fromArray(FLOATS, t, tOffset + 4 * COLUMNS + WIDTH);
        FloatVector c42 = FloatVector.fromArray(FLOATS, t, tOffset + 4 * COLUMNS + 2 * WIDTH);
        FloatVector c50 = FloatVector.fromArray(FLOATS, t, tOffset + 5 * COLUMNS);
        FloatVector c51 = FloatVector.fromArray(FLOATS, t, tOffset + 5 * COLUMNS + WIDTH);
        FloatVector c52 = FloatVector.fromArray(FLOATS, t, tOffset + 5 * COLUMNS + 2 * WIDTH);
        FloatVector c60 = FloatVector.fromArray(FLOATS, t, tOffset + 6 * COLUMNS);
        FloatVector c61 = FloatVector.fromArray(FLOATS, t, tOffset + 6 * COLUMNS + WIDTH);
        FloatVector c62 = FloatVector.fromArray(FLOATS, t, tOffset + 6 * COLUMNS + 2 * WIDTH);
        FloatVector c70 = FloatVector.fromArray(FLOATS, t, tOffset + 7 * COLUMNS);
        FloatVector c71 = FloatVector.fromArray(FLOATS, t, tOffset + 7 * COLUMNS + WIDTH);
        FloatVector c72 = FloatVector.fromArray(FLOATS, t, tOffset + 7 * COLUMNS + 2 * WIDTH);
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
            FloatVector a4 = FloatVector.broadcast(FLOATS, a[ai + 4]);
            c40 = a4.fma(b0, c40);
            c41 = a4.fma(b1, c41);
            c42 = a4.fma(b2, c42);
            FloatVector a5 = FloatVector.broadcast(FLOATS, a[ai + 5]);
            c50 = a5.fma(b0, c50);
            c51 = a5.fma(b1, c51);
            c52 = a5.fma(b2, c52);
            FloatVector a6 = FloatVector.broadcast(FLOATS, a[ai + 6]);
            c60 = a6.fma(b0, c60);
            c61 = a6.fma(b1, c61);
            c62 = a6.fma(b2, c62);
            FloatVector a7 = FloatVector.broadcast(FLOATS, a[ai + 7]);
            c70 = a7.fma(b0, c70);
            c71 = a7.fma(b1, c71);
            c72 = a7.fma(b2, c72);
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
        c40.intoArray(t, tOffset + 4 * COLUMNS);
        c41.intoArray(t, tOffset + 4 * COLUMNS + WIDTH);
        c42.intoArray(t, tOffset + 4 * COLUMNS + 2 * WIDTH);
        c50.intoArray(t, tOffset + 5 * COLUMNS);
        c51.intoArray(t, tOffset + 5 * COLUMNS + WIDTH);
        c52.intoArray(t, tOffset + 5 * COLUMNS + 2 * WIDTH);
        c60.intoArray(t, tOffset + 6 * COLUMNS);
        c61.intoArray(t, tOffset + 6 * COLUMNS + WIDTH);
        c62.intoArray(t, tOffset + 6 * COLUMNS + 2 * WIDTH);
        c70.intoArray(t, tOffset + 7 * COLUMNS);
        c71.intoArray(t, tOffset + 7 * COLUMNS + WIDTH);
        c72.intoArray(t, tOffset + 7 * COLUMNS + 2 * WIDTH);
    }
}
