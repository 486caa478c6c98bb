package dev.fovea.runtime.train;

import dev.fovea.datasets.EvaluationBatches;
import dev.fovea.datasets.TrainingBatches;
import dev.fovea.dsl.spec.ExperimentSpec;
import dev.fovea.dsl.spec.LossSpec;
import dev.fovea.runtime.memory.JavaHeap;
import dev.fovea.runtime.memory.MemoryForecast;
import dev.fovea.runtime.plan.MemoryPlan;
import dev.fovea.runtime.plan.MemoryPlan.Region;

/// What the process of a run takes, from its planned programs.
final class Forecasts {
    private Forecasts() {}

    /// The forecast of a run with these two programs.
    static MemoryForecast of(ExperimentSpec spec, Planned training, Planned evaluation) {
        MemoryPlan step = training.plan(), other = evaluation.plan();
        return MemoryForecast.of(
                step.storeBytes(),
                Math.max(step.bytes(Region.WORK), other.bytes(Region.WORK)),
                step.bytes(Region.HOST) + other.bytes(Region.HOST),
                batches(spec, spec.batch().global()),
                JavaHeap.young(),
                JavaHeap.most(),
                spec.model().ps3().scales().getLast());
    }

    /// Bytes of the batches of training that wait, and of one of evaluation.
    static long batches(ExperimentSpec spec, int batch) {
        int side = spec.model().ps3().scales().getLast(),
                context = spec.model().text().context();
        return TrainingBatches.bytesOfAll(batch, side, context, allBoxes(spec))
                + EvaluationBatches.bytesOfBatch(batch, side, context);
    }

    /// Whether batches carry the maps of all boxes besides those of the sampled one.
    static boolean allBoxes(ExperimentSpec spec) {
        return spec.model().selects() && spec.loss().box().priorTarget() == LossSpec.PriorTarget.ALL_BOXES;
    }
}
