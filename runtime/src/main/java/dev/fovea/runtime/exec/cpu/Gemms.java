package dev.fovea.runtime.exec.cpu;

import dev.fovea.dsl.spec.PrecisionSpec;
import dev.fovea.dsl.spec.RunSpec;
import dev.fovea.runtime.exec.cpu.kernel.Gemm;
import dev.fovea.runtime.exec.cpu.kernel.RoundedGemm;
import dev.fovea.runtime.exec.cpu.kernel.VectorGemm;
import dev.fovea.runtime.exec.cpu.kernel.Workers;
import dev.fovea.runtime.exec.cpu.onednn.OneDnn;
import org.jspecify.annotations.Nullable;

/// The matrix products of a backend.
///
/// @param floats in float32: those of losses
/// @param linear of linear layers, forward and both gradients; the same provider, or one that rounds operands to
///     bfloat16
public record Gemms(Gemm floats, Gemm linear, Choice choice) {
    private static final String SLOW = "bf16 is no faster than fp32 with this provider on this processor";

    /// Who multiplies.
    ///
    /// @param name provider, version and instruction set, and what is rounded: all that bits depend on
    /// @param remark what the user may want to know; empty if there is nothing
    public record Choice(String name, String remark) {
        /// Both as one phrase.
        public String text() {
            return remark.isEmpty() ? name : name + "; " + remark;
        }

        private Choice with(String more, String another) {
            String separator = remark.isEmpty() || another.isEmpty() ? "" : "; ";
            return new Choice(name + more, remark + separator + another);
        }
    }

    /// Opens the products of a backend.
    ///
    /// @throws IllegalStateException if oneDNN is asked for and cannot be opened; the message says why
    public static Gemms open(RunSpec.Gemm provider, PrecisionSpec.Compute compute, Workers workers) {
        Gemm floats = open(provider, workers);
        Gemm linear = switch (compute) {
            case FP32 -> floats;
            case BF16 -> rounding(provider, floats, workers);
        };
        return new Gemms(floats, linear, choose(provider, compute));
    }

    private static Gemm rounding(RunSpec.Gemm provider, Gemm floats, Workers workers) {
        OneDnn.Usable usable = halves(provider);
        return usable == null ? new RoundedGemm(workers, floats) : usable.halves(workers);
    }

    /// One provider of products in float32.
    ///
    /// @throws IllegalStateException if oneDNN is asked for and cannot be opened; the message says why
    public static Gemm open(RunSpec.Gemm provider, Workers workers) {
        if (provider == RunSpec.Gemm.JAVA) {
            return new VectorGemm(workers);
        }
        return switch (OneDnn.find()) {
            case OneDnn.Usable usable -> usable.floats(workers);
            case OneDnn.Missing missing
            when provider == RunSpec.Gemm.ONEDNN ->
                throw new IllegalStateException("oneDNN cannot be used: " + missing.reason());
            case OneDnn.Missing _ -> new VectorGemm(workers);
        };
    }

    /// What `provider` means on this machine.
    public static Choice choose(RunSpec.Gemm provider, PrecisionSpec.Compute compute) {
        boolean halves = halves(provider) != null;
        return switch (compute) {
            case FP32 -> choose(provider);
            case BF16 ->
                choose(provider).with(", bf16 in linear layers" + (halves ? "" : " by rounding"), halves ? "" : SLOW);
        };
    }

    private static Choice choose(RunSpec.Gemm provider) {
        if (provider == RunSpec.Gemm.JAVA) {
            return new Choice("java", "");
        }
        return switch (OneDnn.find()) {
            case OneDnn.Usable usable -> new Choice(usable.describe(), "");
            case OneDnn.Missing missing -> new Choice("java", "oneDNN cannot be used: " + missing.reason());
        };
    }

    /// oneDNN if `provider` allows it and it multiplies bfloat16 here, else null.
    private static OneDnn.@Nullable Usable halves(RunSpec.Gemm provider) {
        return provider != RunSpec.Gemm.JAVA && OneDnn.find() instanceof OneDnn.Usable usable && usable.bf16()
                ? usable
                : null;
    }
}
