package dev.fovea.runtime.exec.cpu.kernel;

import java.util.Objects;

/// The checks of products, rounding, turning and attention that use the tiles of all machines, for a JVM whose
/// vectors have another width.
public final class BothTiles {
    private BothTiles() {}

    /// Runs them.
    ///
    /// @throws AssertionError if one fails
    public static void check() {
        GemmTest products = new GemmTest();
        for (var given : GemmTest.products()) {
            Provider provider = (Provider) Objects.requireNonNull(given.get()[0]);
            if (provider.java()) {
                products.multiplies(provider, (Operands.Product) Objects.requireNonNull(given.get()[1]));
            }
        }
        Bfloat16Test.checkArrays();
        new TurnedTest().everyElementMoves(41, 67, 5);
        AttentionTest attention = new AttentionTest();
        AttentionTest.shapes().forEach(attention::matchesPlainLoops);
    }
}
