package dev.fovea.runtime.exec.cpu.kernel;

import dev.fovea.runtime.exec.cpu.onednn.OneDnn;
import org.junit.jupiter.api.Assumptions;

/// Everything behind [Gemm].
enum Provider {
    JAVA_MANY_REGISTERS,
    JAVA_FEW_REGISTERS,
    JAVA_ROUNDED,
    ONEDNN,
    ONEDNN_ROUNDED,
    ONEDNN_BF16;

    /// The provider on a team; skips the test where this machine has no such thing.
    Gemm open(Workers workers) {
        return switch (this) {
            case JAVA_MANY_REGISTERS -> new VectorGemm(workers, new Tile8x3());
            case JAVA_FEW_REGISTERS -> new VectorGemm(workers, new Tile4x2());
            case JAVA_ROUNDED -> new RoundedGemm(workers, new VectorGemm(workers));
            case ONEDNN -> oneDnn().floats(workers);
            case ONEDNN_ROUNDED -> new RoundedGemm(workers, oneDnn().floats(workers));
            case ONEDNN_BF16 -> {
                OneDnn.Usable usable = oneDnn();
                Assumptions.assumeTrue(usable.bf16(), "this processor does not multiply bfloat16");
                yield usable.halves(workers);
            }
        };
    }

    /// Whether it is there on every machine.
    boolean java() {
        return switch (this) {
            case JAVA_MANY_REGISTERS, JAVA_FEW_REGISTERS, JAVA_ROUNDED -> true;
            case ONEDNN, ONEDNN_ROUNDED, ONEDNN_BF16 -> false;
        };
    }

    /// Whether operands are rounded to bfloat16.
    boolean rounds() {
        return switch (this) {
            case JAVA_MANY_REGISTERS, JAVA_FEW_REGISTERS, ONEDNN -> false;
            case JAVA_ROUNDED, ONEDNN_ROUNDED, ONEDNN_BF16 -> true;
        };
    }

    /// An element of an operand as the product sees it.
    double seen(double value) {
        return rounds() ? Bfloat16.round((float) value) : value;
    }

    private static OneDnn.Usable oneDnn() {
        return switch (OneDnn.find()) {
            case OneDnn.Usable usable -> usable;
            case OneDnn.Missing missing -> Assumptions.abort("no oneDNN: " + missing.reason());
        };
    }
}
