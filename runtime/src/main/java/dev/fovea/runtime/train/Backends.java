package dev.fovea.runtime.train;

import dev.fovea.dsl.spec.Duration;
import dev.fovea.dsl.spec.PrecisionSpec;
import dev.fovea.dsl.spec.RunSpec;
import dev.fovea.runtime.exec.Backend;
import dev.fovea.runtime.exec.BackendProvider;
import dev.fovea.runtime.exec.ReferenceBackend;
import dev.fovea.runtime.exec.cpu.CpuBackend;
import dev.fovea.runtime.exec.cpu.Gemms;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/// Opens the backend that a spec names.
public final class Backends {
    private Backends() {}

    /// The backend of `run.backend`, `auto` is the CPU, with the arithmetic of `precision`.
    ///
    /// @throws RunException of kind BACKEND with the one fact that is missing
    public static Backend open(RunSpec run, PrecisionSpec precision) {
        return switch (run.backend()) {
            case AUTO, CPU -> cpu(run, precision.format());
            case REFERENCE -> {
                requireFloats("reference", precision);
                yield new ReferenceBackend();
            }
            case TORNADO -> {
                requireFloats("tornado", precision);
                yield provided("tornado");
            }
        };
    }

    private static Backend cpu(RunSpec run, PrecisionSpec.Compute compute) {
        try {
            return new CpuBackend(threads(run), run.gemm(), compute);
        } catch (IllegalStateException e) {
            throw new RunException(
                    RunException.Kind.BACKEND,
                    "run.gemm: " + e.getMessage() + "; with auto or java, plain Java multiplies",
                    e);
        }
    }

    private static void requireFloats(String backend, PrecisionSpec precision) {
        if (precision.format() != PrecisionSpec.Compute.FP32) {
            throw new RunException(
                    RunException.Kind.BACKEND,
                    "precision.compute: the backend " + backend + " does not have " + precision.compute()
                            + "; cpu has it");
        }
    }

    /// Who multiplies matrices in a run; null where the backend leaves no choice.
    public static Gemms.@Nullable Choice products(RunSpec run, PrecisionSpec precision) {
        return switch (run.backend()) {
            case AUTO, CPU -> Gemms.choose(run.gemm(), precision.format());
            case REFERENCE, TORNADO -> null;
        };
    }

    /// The backend of this name with default settings.
    ///
    /// @param threads worker threads; 0 for all cores
    /// @throws RunException of kind BACKEND with the one fact that is missing
    public static Backend open(RunSpec.Backend backend, int threads) {
        return open(backend, RunSpec.Gemm.AUTO, threads);
    }

    /// The backend of this name with a provider of matrix products and default settings.
    ///
    /// @param threads worker threads; 0 for all cores
    /// @throws RunException of kind BACKEND with the one fact that is missing
    public static Backend open(RunSpec.Backend backend, RunSpec.Gemm gemm, int threads) {
        RunSpec run = new RunSpec(
                backend,
                gemm,
                threads,
                RunSpec.ActivationCheckpointing.AUTO,
                1,
                0,
                new RunSpec.Checkpoint(new Duration(1, Duration.Unit.STEPS), 1));
        return open(run, new PrecisionSpec("fp32"));
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
