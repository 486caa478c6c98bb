package dev.fovea.runtime.train;

import dev.fovea.dsl.spec.Duration;
import dev.fovea.dsl.spec.RunSpec;
import dev.fovea.runtime.exec.Backend;
import dev.fovea.runtime.exec.BackendProvider;
import dev.fovea.runtime.exec.ReferenceBackend;
import dev.fovea.runtime.exec.cpu.CpuBackend;
import java.util.ServiceLoader;

/// Opens the backend that a spec names.
public final class Backends {
    private Backends() {}

    /// The backend of `run.backend`; `auto` is the CPU.
    ///
    /// @throws RunException of kind BACKEND with the one fact that is missing
    public static Backend open(RunSpec run) {
        if (run.gemm() == RunSpec.Gemm.ONEDNN) {
            throw new RunException(
                    RunException.Kind.BACKEND, "run.gemm: onednn is not built yet; use java, which auto means");
        }
        return switch (run.backend()) {
            case AUTO, CPU -> new CpuBackend(threads(run));
            case REFERENCE -> new ReferenceBackend();
            case TORNADO -> provided("tornado");
        };
    }

    /// The backend of this name with default settings.
    ///
    /// @param threads worker threads; 0 for all cores
    /// @throws RunException of kind BACKEND with the one fact that is missing
    public static Backend open(RunSpec.Backend backend, int threads) {
        return open(backend, RunSpec.Gemm.AUTO, threads);
    }

    /// The backend of this name with this provider of matrix products.
    ///
    /// @param threads worker threads; 0 for all cores
    /// @throws RunException of kind BACKEND with the one fact that is missing
    public static Backend open(RunSpec.Backend backend, RunSpec.Gemm gemm, int threads) {
        return open(new RunSpec(
                backend,
                gemm,
                threads,
                RunSpec.ActivationCheckpointing.AUTO,
                1,
                0,
                new RunSpec.Checkpoint(new Duration(1, Duration.Unit.STEPS), 1)));
    }

    /// Worker threads of a run.
    public static int threads(RunSpec run) {
        return run.threads() > 0 ? run.threads() : Runtime.getRuntime().availableProcessors();
    }

    private static Backend provided(String name) {
        for (BackendProvider p : ServiceLoader.load(BackendProvider.class)) {
            if (p.name().equals(name)) {
                return p.open();
            }
        }
        throw new RunException(
                RunException.Kind.BACKEND,
                "run.backend: " + name + " is not part of this installation; cpu and reference are");
    }
}
