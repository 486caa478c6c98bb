package dev.fovea.runtime.train;

import com.sun.management.OperatingSystemMXBean;
import dev.fovea.dsl.spec.ExperimentSpec;
import dev.fovea.dsl.spec.ModelSpec;
import dev.fovea.dsl.spec.RunSpec;
import dev.fovea.runtime.exec.Backend;
import dev.fovea.runtime.exec.HostFunction;
import dev.fovea.runtime.exec.Store;
import dev.fovea.runtime.model.Parameters;
import dev.fovea.runtime.model.Ps3;
import dev.fovea.runtime.plan.ProgramReport;
import dev.fovea.runtime.select.Budgets;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/// The two programs of a run, which share their parameters: one step of training, and one batch of evaluation.
public final class Programs {
    /// Batches that the loader and the evaluation hold in memory.
    private static final int BATCHES_WAITING = 4;

    private final ExperimentSpec spec;
    private final SequencedMap<String, Parameters.Recipe> parameters;
    private final Planned training;
    private final Planned evaluation;

    /// Builds and plans both graphs; pictures are squares of the largest scale.
    public Programs(ExperimentSpec spec) {
        this.spec = spec;
        int side = spec.model().ps3().scales().getLast();
        PreTraining.Size size = new PreTraining.Size(spec.batch().global(), side, side);
        try {
            PreTraining.Built built = PreTraining.build(spec.model(), spec.loss(), size, spec.optim(), false);
            this.parameters = built.parameters();
            this.training = Planned.of(
                    built.graph(), spec.run().activationCheckpointing() == RunSpec.ActivationCheckpointing.BLOCKS);
            this.evaluation = Planned.of(PreTraining.build(evaluated(spec), spec.loss(), size, null, false)
                    .graph());
        } catch (IllegalArgumentException e) {
            throw new RunException(RunException.Kind.SPEC, "the spec does not compile: " + e.getMessage(), e);
        }
    }

    /// The model's parameters.
    public SequencedMap<String, Parameters.Recipe> parameters() {
        return parameters;
    }

    /// One step of training, planned.
    public Planned training() {
        return training;
    }

    /// One batch of evaluation, planned.
    public Planned evaluation() {
        return evaluation;
    }

    /// Memory that both programs and the batches waiting for them need.
    public long plannedBytes() {
        ProgramReport other = evaluation.report();
        long side = spec.model().ps3().scales().getLast();
        long batch = spec.batch().global() * side * side * 4 * Float.BYTES;
        return training.report().plannedBytes() + other.plannedBytes() - other.storeBytes() + BATCHES_WAITING * batch;
    }

    /// Refuses what the machine cannot hold, before anything is allocated.
    ///
    /// @throws RunException of kind OUT_OF_MEMORY
    void requireMemory() {
        if (ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system) {
            long there = system.getTotalMemorySize(), needed = plannedBytes();
            if (needed > there) {
                throw new RunException(
                        RunException.Kind.OUT_OF_MEMORY,
                        "batch.global: a step with " + spec.batch().global() + " pictures needs " + gib(needed)
                                + ", this machine has " + gib(there)
                                + "; lower batch.global, model.ps3.scales or model.ps3.select.max_tokens");
            }
        }
    }

    private static String gib(long bytes) {
        return "%.1f GiB".formatted(bytes / (double) (1L << 30));
    }

    /// One step of training, ready to run.
    public Compiled training(Backend backend, Store store) {
        return Compiled.of(training, backend, functions(spec.model()), store);
    }

    /// One batch of evaluation, ready to run: forward only, with `eval.max_tokens` patches.
    public Compiled evaluation(Backend backend, Store store) {
        return Compiled.of(evaluation, backend, functions(evaluated(spec)), store);
    }

    private Map<String, HostFunction> functions(ModelSpec model) {
        if (!model.selects()) {
            return Map.of();
        }
        int side = model.ps3().scales().getLast();
        return Ps3.hostFunctions(model, model.ps3().select().strategy(), side, side, spec.seed());
    }

    /// The model as it is evaluated: with `eval.max_tokens` patches, shared among the scales as in training.
    static ModelSpec evaluated(ExperimentSpec spec) {
        ModelSpec.Select select = spec.model().ps3().select();
        int tokens = spec.eval().maxTokens();
        if (tokens == 0) {
            return spec.model();
        }
        List<Integer> given = select.perScale();
        List<Integer> shares = given == null ? null : Budgets.scaled(given, tokens);
        return spec.model().with(select.withBudgets(tokens, shares, select.budgets()));
    }
}
