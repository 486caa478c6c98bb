package dev.fovea.runtime.exec.cpu;

import dev.fovea.dsl.spec.PrecisionSpec;
import dev.fovea.dsl.spec.RunSpec;
import dev.fovea.runtime.exec.cpu.kernel.Gemm;
import dev.fovea.runtime.exec.cpu.kernel.RoundedGemm;
import dev.fovea.runtime.exec.cpu.kernel.VectorGemm;
import dev.fovea.runtime.exec.cpu.kernel.Workers;
import dev.fovea.runtime.exec.cpu.onednn.OneDnn;

/// The matrix products of a backend.
///
/// @param floats in float32: those of losses
/// @param linear of linear layers, forward and both gradients; the same provider, or one that rounds operands to
///     bfloat16
/// @param description who multiplies, all that bits depend on, and why oneDNN does not where it was looked for
public record Gemms(Gemm floats, Gemm linear, String description) {

    /// Opens the products of a backend.
    ///
    /// @throws IllegalStateException if oneDNN is asked for and cannot be opened; the message says why
    public static Gemms open(RunSpec.Gemm provider, PrecisionSpec.Compute compute, Workers workers) {
        Gemm floats = open(provider, workers);
        String who = describe(provider);
        return switch (compute) {
            case FP32 -> new Gemms(floats, floats, who);
            case BF16 -> half(provider, floats, who, workers);
        };
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

    /// What `provider` means on this machine: name, version and instruction set. For `auto` without oneDNN also why
    /// it is missing.
    public static String describe(RunSpec.Gemm provider) {
        if (provider == RunSpec.Gemm.JAVA) {
            return "java";
        }
        return switch (OneDnn.find()) {
            case OneDnn.Usable usable -> usable.describe();
            case OneDnn.Missing missing -> "java, for oneDNN cannot be used: " + missing.reason();
        };
    }

    private static Gemms half(RunSpec.Gemm provider, Gemm floats, String who, Workers workers) {
        if (provider != RunSpec.Gemm.JAVA && OneDnn.find() instanceof OneDnn.Usable usable && usable.bf16()) {
            return new Gemms(floats, usable.halves(workers), who + ", linear layers in bf16");
        }
        return new Gemms(
                floats,
                new RoundedGemm(workers, floats),
                who + ", linear layers in bf16 by rounding operands, at the speed of fp32");
    }
}
