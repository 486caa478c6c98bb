package dev.fovea.dsl.spec;

import java.util.Locale;

/// @param compute number format of the operands of linear layers: `fp32` or `bf16`
public record PrecisionSpec(String compute) {
    /// Number formats of operands.
    public enum Compute {
        /// float32
        FP32,
        /// rounded to bfloat16, added up in float32
        BF16
    }

    /// The format of [#compute].
    public Compute format() {
        return Compute.valueOf(compute.toUpperCase(Locale.ROOT));
    }
}
