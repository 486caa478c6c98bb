package dev.fovea.runtime.exec.cpu.kernel;

/// The innermost step of every matrix product: a small tile of the result held in vector registers.
///
/// Legend: R rows of the tile, C columns of the tile, P depth.
interface MicroKernel {
    /// R, the rows of a tile.
    int rows();

    /// C, the columns of a tile.
    int columns();

    /// t (R,C) = the sum over p of a (P,R) and b (P,C): row i, column j gets `a[p][i] * b[p][j]`, in the order
    /// of p, with fused rounding
    void multiply(float[] t, int tOffset, float[] a, int aOffset, float[] b, int bOffset, int depth);

    /// As [#multiply], but starts from what `t` holds.
    void multiplyAdd(float[] t, int tOffset, float[] a, int aOffset, float[] b, int bOffset, int depth);

    /// The tile that fits the number of vector registers of this machine: 32 where vectors have 512 bits or the
    /// CPU is an AArch64, else 16.
    static MicroKernel preferred() {
        boolean manyRegisters = Lanes.WIDTH == 16 || "aarch64".equals(System.getProperty("os.arch"));
        return manyRegisters ? new Tile8x3() : new Tile4x2();
    }
}
