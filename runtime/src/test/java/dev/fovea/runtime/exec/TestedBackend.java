package dev.fovea.runtime.exec;

import dev.fovea.dsl.spec.PrecisionSpec;
import dev.fovea.dsl.spec.RunSpec;
import dev.fovea.runtime.exec.cpu.CpuBackend;
import dev.fovea.runtime.exec.cpu.onednn.OneDnn;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/// The backends that every model test runs on.
public enum TestedBackend {
    /// double, by definition
    REFERENCE,
    /// float32 on the Vector API
    CPU,
    /// the same with matrix products by oneDNN
    CPU_ONEDNN;

    /// A fresh backend.
    public Backend open() {
        return switch (this) {
            case REFERENCE -> new ReferenceBackend();
            case CPU -> new CpuBackend(2);
            case CPU_ONEDNN -> oneDnn();
        };
    }

    private static Backend oneDnn() {
        if (OneDnn.find() instanceof OneDnn.Missing missing) {
            Assumptions.abort("no oneDNN: " + missing.reason());
        }
        return new CpuBackend(2, RunSpec.Gemm.ONEDNN, PrecisionSpec.Compute.FP32);
    }

    /// All of them.
    public static Stream<TestedBackend> all() {
        return Stream.of(values());
    }
}
