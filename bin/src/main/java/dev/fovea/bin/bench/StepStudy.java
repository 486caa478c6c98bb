package dev.fovea.bin.bench;

import dev.fovea.bin.bench.StepArm.Outcome;
import dev.fovea.bin.terminal.Quantities;
import dev.fovea.runtime.bench.StepForecast;
import dev.fovea.runtime.bench.StepPlan;
import dev.fovea.runtime.bench.StepTimes;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// Times the arms of a study one after another. What does not fit the machine's memory or takes too long is
/// predicted from the largest arm that was run.
final class StepStudy {
    private final StepRunner runner;
    private final long memory;
    private final double limit;
    private final Consumer<String> progress;
    private final Map<StepPlan.Mode, StepTimes> largest = new EnumMap<>(StepPlan.Mode.class);

    /// @param memory bytes that an arm may need
    /// @param limit predicted seconds of a step above which it is not run
    /// @param progress told in a few words what goes on
    StepStudy(StepRunner runner, long memory, double limit, Consumer<String> progress) {
        this.runner = runner;
        this.memory = memory;
        this.limit = limit;
        this.progress = progress;
    }

    /// Every arm in every mode, arm by arm.
    List<Outcome> run(List<StepArm> arms, List<StepPlan.Mode> modes) throws IOException {
        List<Outcome> outcomes = new ArrayList<>();
        for (StepArm arm : arms) {
            for (StepPlan.Mode mode : modes) {
                outcomes.add(run(arm, mode));
            }
        }
        return outcomes;
    }

    private Outcome run(StepArm arm, StepPlan.Mode mode) throws IOException {
        StepPlan plan = StepPlan.of(arm.spec(), mode);
        Outcome planned = new Outcome(arm, mode, plan, null, forecast(plan, mode), "");
        String reason = refusal(plan, planned.predictedSeconds());
        if (!reason.isEmpty()) {
            progress.accept(planned.name() + ": not run, " + reason);
            return new Outcome(arm, mode, plan, null, planned.predictedSeconds(), reason);
        }
        progress.accept(planned.name() + ": " + Quantities.bytes(plan.plannedBytes()) + " planned");
        try {
            StepArm.Found found = runner.run(arm, mode);
            largest.merge(
                    mode, found.step(), (a, b) -> a.plan().flops() > b.plan().flops() ? a : b);
            return new Outcome(arm, mode, plan, found, Double.NaN, "");
        } catch (StepFailure e) {
            progress.accept(planned.name() + ": failed, " + e.getMessage());
            return new Outcome(arm, mode, plan, null, planned.predictedSeconds(), "failed: " + e.getMessage());
        }
    }

    private double forecast(StepPlan plan, StepPlan.Mode mode) {
        StepTimes measured = largest.get(mode);
        return measured == null ? Double.NaN : StepForecast.seconds(measured, plan);
    }

    private String refusal(StepPlan plan, double seconds) {
        if (plan.plannedBytes() > memory) {
            return "needs " + Quantities.bytes(plan.plannedBytes()) + ", " + Quantities.bytes(memory) + " are free";
        }
        return seconds > limit
                ? "a step would take " + Quantities.time(seconds) + ", more than --limit " + Quantities.time(limit)
                : "";
    }
}
