package dev.fovea.runtime.train;

import dev.fovea.dsl.spec.ExperimentSpec;
import dev.fovea.runtime.ir.Pass;
import dev.fovea.runtime.ir.Value;
import dev.fovea.runtime.memory.JavaHeap;
import dev.fovea.runtime.memory.MemoryForecast;
import dev.fovea.runtime.model.Parameters;
import dev.fovea.runtime.plan.MemoryPlan.Region;
import java.util.SequencedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What a spec costs, from its compiled program, without running or allocating anything. Counting rule: that of
/// [dev.fovea.runtime.ir.Op#flops]; a training step is forward, backward and update.
///
/// @param parameters trainable scalars
/// @param untrainedParameters of these, scalars that the loss does not reach
/// @param forwardFlops of one picture with its text
/// @param trainingFlops of one picture with its text, forward and backward
/// @param trainingFlopsByOp the same by op
/// @param recomputeFlops of one picture with its text, what is computed again where layers are not kept
/// @param storeBytes parameters and optimizer state
/// @param kept buffers of a program that keeps everything for the backward pass
/// @param recomputed buffers of a program that computes layers again
/// @param host inputs and results, of training and evaluation
public record Cost(
        long parameters,
        long untrainedParameters,
        long forwardFlops,
        long trainingFlops,
        SequencedMap<String, Long> trainingFlopsByOp,
        long recomputeFlops,
        long storeBytes,
        Growth kept,
        Growth recomputed,
        Growth host) {
    /// Bytes by the number of pictures in a batch, which grow evenly but for what small batches hide.
    ///
    /// @param first for one picture
    /// @param more for `pictures` of them
    /// @param pictures 2 at least
    public record Growth(long first, long more, int pictures) {
        /// Bytes for a batch.
        public long of(int batch) {
            return first + Math.round((more - first) * ((batch - 1.0) / (pictures - 1.0)));
        }
    }

    /// Counts a spec. Buffers are planned for one picture and for the whole batch, or for two pictures where the batch
    /// of a large configuration fits into no array.
    public static Cost of(ExperimentSpec spec) {
        int side = spec.model().ps3().scales().getLast();
        PreTraining.Built one = build(spec, 1, side, true), many = many(spec, side);
        int pictures = many.graph().input("pixels").shape().dim(0);
        Planned first = Planned.of(one.graph()), last = Planned.of(many.graph());
        Planned again = Planned.of(one.graph(), true), lastAgain = Planned.of(many.graph(), true);
        Planned forward = Planned.of(build(spec, 1, side, false).graph());
        Planned lastForward = Planned.of(build(spec, pictures, side, false).graph());
        long untrained = one.untrained().stream()
                .mapToLong(n -> elements(one.parameters().get(n)))
                .sum();
        return new Cost(
                one.parameters().values().stream().mapToLong(Cost::elements).sum(),
                untrained,
                forward.report().flops(),
                first.report().flops(),
                new TreeMap<>(first.report().flopsByOp()),
                again.report().flops(Pass.RECOMPUTE),
                first.report().storeBytes(),
                new Growth(work(first, forward), work(last, lastForward), pictures),
                new Growth(work(again, forward), work(lastAgain, lastForward), pictures),
                new Growth(host(first, forward), host(last, lastForward), pictures));
    }

    private static PreTraining.Built many(ExperimentSpec spec, int side) {
        try {
            return build(spec, Math.max(2, spec.batch().global()), side, true);
        } catch (IllegalArgumentException _) { // more elements than an array has
            return build(spec, 2, side, true);
        }
    }

    /// The programs take turns in the larger one's memory.
    private static long work(Planned training, Planned evaluation) {
        return Math.max(training.plan().bytes(Region.WORK), evaluation.plan().bytes(Region.WORK));
    }

    private static long host(Planned training, Planned evaluation) {
        return training.plan().bytes(Region.HOST) + evaluation.plan().bytes(Region.HOST);
    }

    private static PreTraining.Built build(ExperimentSpec spec, int batch, int side, boolean train) {
        PreTraining.Size size = new PreTraining.Size(batch, side, side);
        return PreTraining.build(spec.model(), spec.loss(), size, train ? spec.optim() : null, false);
    }

    private static long elements(Parameters.@Nullable Recipe r) {
        if (r == null) {
            return 0;
        }
        Value v = r.value();
        return v.shape().elements();
    }

    /// Buffers of a step with `batch` pictures, parameters and state included, when everything is kept.
    public long bytes(int batch) {
        return storeBytes + kept.of(batch) + host.of(batch);
    }

    /// What the process of a run with `batch` pictures in a step holds at its peak.
    ///
    /// @param recompute whether layers are computed again in the backward pass
    public MemoryForecast forecast(ExperimentSpec spec, int batch, boolean recompute) {
        return MemoryForecast.of(
                storeBytes,
                (recompute ? recomputed : kept).of(batch),
                host.of(batch),
                Forecasts.batches(spec, batch),
                JavaHeap.young(),
                JavaHeap.most(),
                spec.model().ps3().scales().getLast());
    }
}
