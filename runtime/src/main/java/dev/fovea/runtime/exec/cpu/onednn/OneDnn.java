package dev.fovea.runtime.exec.cpu.onednn;

import dev.fovea.runtime.exec.cpu.kernel.Gemm;
import dev.fovea.runtime.exec.cpu.kernel.Workers;

/// oneDNN as found on this machine. Asking the first time unpacks and opens the library, which takes up to a
/// second.
public sealed interface OneDnn {
    /// What there is.
    static OneDnn find() {
        return Found.ONLY;
    }

    /// It works.
    ///
    /// @param version its version, such as `3.13.0`
    /// @param instructions the instruction set it uses, in its own words, such as `avx512_core_bf16`
    /// @param bf16 whether this processor multiplies bfloat16 itself
    record Usable(String version, String instructions, boolean bf16) implements OneDnn {
        /// Name, version and instructions: all that the bits of a result depend on.
        public String describe() {
            return "onednn " + version + (instructions.isEmpty() ? "" : " " + instructions);
        }

        /// A provider of products in float32.
        public Gemm floats(Workers workers) {
            return new OneDnnGemm(workers, describe());
        }

        /// A provider of products whose operands are rounded to bfloat16 and that are added up in float32.
        ///
        /// @throws IllegalStateException if not [#bf16]
        public Gemm halves(Workers workers) {
            if (!bf16) {
                throw new IllegalStateException("this processor does not multiply bfloat16");
            }
            return new OneDnnHalfGemm(workers, describe());
        }
    }

    /// It does not work.
    ///
    /// @param reason why, in a few words
    record Missing(String reason) implements OneDnn {}
}
