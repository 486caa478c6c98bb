package dev.fovea.runtime.exec.cpu.kernel;

/// The checks of products and attention that use the tiles of all machines, for a JVM whose vectors have another width.
public final class BothTiles {
    private BothTiles() {}

    /// Runs them.
    ///
    /// @throws AssertionError if one fails
    public static void check() {
        VectorGemmTest products = new VectorGemmTest();
        for (var given : VectorGemmTest.products()) {
            products.multiplies((VectorGemmTest.Tile) given.get()[0], (VectorGemmTest.Product) given.get()[1]);
        }
        AttentionTest attention = new AttentionTest();
        AttentionTest.shapes().forEach(attention::matchesPlainLoops);
    }
}
