package dev.fovea.dsl.spec;

import org.jspecify.annotations.Nullable;

/// One experiment, fully resolved. The sections `model` to `eval` say WHAT is computed and enter the run key;
/// `run` and `tracking` say HOW and never do.
///
/// @param fovea spec version, `v1`
/// @param name a short name for people
/// @param doc free text
/// @param init weights to start from, or null to start from random ones
/// @param seed seed of everything random in the run
public record ExperimentSpec(
        String fovea,
        String name,
        String doc,
        ModelSpec model,
        @Nullable InitSpec init,
        DataSpec data,
        LossSpec loss,
        OptimSpec optim,
        ScheduleSpec schedule,
        BatchSpec batch,
        PrecisionSpec precision,
        long seed,
        EvalSpec eval,
        RunSpec run,
        TrackingSpec tracking) {
    /// The same experiment with another number of elements in a step.
    public ExperimentSpec withBatch(int global) {
        return new ExperimentSpec(
                fovea,
                name,
                doc,
                model,
                init,
                data,
                loss,
                optim,
                schedule,
                new BatchSpec(global),
                precision,
                seed,
                eval,
                run,
                tracking);
    }
}
