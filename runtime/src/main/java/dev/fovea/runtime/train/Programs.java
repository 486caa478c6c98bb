package dev.fovea.runtime.train;

import dev.fovea.dsl.spec.ExperimentSpec;
import dev.fovea.dsl.spec.ModelSpec;
import dev.fovea.runtime.exec.Backend;
import dev.fovea.runtime.exec.HostFunction;
import dev.fovea.runtime.exec.Store;
import dev.fovea.runtime.memory.MachineMemory;
import dev.fovea.runtime.memory.MemoryForecast;
import dev.fovea.runtime.model.Parameters;
import dev.fovea.runtime.model.Ps3;
import dev.fovea.runtime.select.Budgets;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/// The two programs of a run, which share their parameters: one step of training, and one batch of evaluation.
public final class Programs {
    /// Share of the available memory that a step may take before `auto` computes layers again.
    private static final double COMFORTABLE = 0.8;

    /// The first thing to do about too little memory.
    static final String ADVICE = "set run.activation_checkpointing to blocks";

    private final ExperimentSpec spec;
    private final SequencedMap<String, Parameters.Recipe> parameters;
    private final Planned evaluation;
    private final Planned training;
    private final MachineMemory machine;
    private final MemoryForecast forecast;
    private final boolean recomputes;
    private final String choice;

    /// Builds and plans both graphs for this machine; pictures are squares of the largest scale.
    public Programs(ExperimentSpec spec) {
        this(spec, MachineMemory.now());
    }

    /// Builds and plans both graphs for a machine with this memory.
    Programs(ExperimentSpec spec, MachineMemory machine) {
        this.spec = spec;
        this.machine = machine;
        int side = spec.model().ps3().scales().getLast();
        PreTraining.Size size = new PreTraining.Size(spec.batch().global(), side, side);
        try {
            PreTraining.Built built = PreTraining.build(spec.model(), spec.loss(), size, spec.optim(), false);
            this.parameters = built.parameters();
            this.evaluation = Planned.of(PreTraining.build(evaluated(spec), spec.loss(), size, null, false)
                    .graph());
            Planned kept = Planned.of(built.graph(), false);
            long all = Forecasts.of(spec, kept, evaluation).total();
            this.recomputes = switch (spec.run().activationCheckpointing()) {
                case NONE -> false;
                case BLOCKS -> true;
                case AUTO -> all > COMFORTABLE * machine.available();
            };
            this.training = recomputes ? Planned.of(built.graph(), true) : kept;
            this.forecast = Forecasts.of(spec, training, evaluation);
            this.choice = choice(all);
        } catch (IllegalArgumentException e) {
            throw new RunException(RunException.Kind.SPEC, "the spec does not compile: " + e.getMessage(), e);
        }
    }

    private String choice(long all) {
        String there = gib(machine.available()) + " that " + machine.limitedBy() + " has left";
        return switch (spec.run().activationCheckpointing()) {
            case NONE, BLOCKS -> "";
            case AUTO ->
                recomputes
                        ? "activation checkpointing: blocks, because " + gib(all) + " is more than "
                                + Math.round(100 * COMFORTABLE) + " % of the " + there + "; " + gib(forecast.total())
                                + " with it"
                        : "activation checkpointing: none, because " + gib(all) + " fits into the " + there;
        };
    }

    /// What `run.activation_checkpointing: auto` chose and why; empty where the spec says it.
    public String choice() {
        return choice;
    }

    /// Whether layers are computed again in the backward pass.
    public boolean recomputes() {
        return recomputes;
    }

    /// What the process will hold at its peak.
    public MemoryForecast forecast() {
        return forecast;
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

    /// Refuses what the machine cannot hold, before anything is allocated.
    ///
    /// @throws RunException of kind OUT_OF_MEMORY
    void requireMemory() {
        long needed = forecast.total();
        if (needed > machine.total()) {
            throw new RunException(
                    RunException.Kind.OUT_OF_MEMORY,
                    "batch.global: a step with " + spec.batch().global() + " pictures needs " + gib(needed) + ", there "
                            + "is " + gib(machine.total()) + "; " + (recomputes ? "" : ADVICE + ", or ")
                            + "lower batch.global, model.ps3.scales or model.ps3.select.max_tokens");
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
