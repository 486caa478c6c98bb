package dev.fovea.runtime.train;

import dev.fovea.dsl.spec.ExperimentSpec;
import dev.fovea.runtime.ir.Value;
import dev.fovea.runtime.model.Parameters;
import dev.fovea.runtime.plan.ProgramReport;
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
/// @param storeBytes parameters and optimizer state
/// @param firstBytes buffers of a training step with one picture, without parameters and state
/// @param nextBytes buffers of each further picture
public record Cost(
        long parameters,
        long untrainedParameters,
        long forwardFlops,
        long trainingFlops,
        SequencedMap<String, Long> trainingFlopsByOp,
        long storeBytes,
        long firstBytes,
        long nextBytes) {
    /// Counts a spec. Buffers are planned for one and for two pictures, as the full batch of a large configuration
    /// fits into no array.
    public static Cost of(ExperimentSpec spec) {
        int side = spec.model().ps3().scales().getLast();
        PreTraining.Built one = build(spec, 1, side, true);
        ProgramReport first = Planned.of(one.graph()).report();
        ProgramReport second = Planned.of(build(spec, 2, side, true).graph()).report();
        ProgramReport forward = Planned.of(build(spec, 1, side, false).graph()).report();
        long untrained = one.untrained().stream()
                .mapToLong(n -> elements(one.parameters().get(n)))
                .sum();
        long firstBytes = first.plannedBytes() - first.storeBytes();
        return new Cost(
                one.parameters().values().stream().mapToLong(Cost::elements).sum(),
                untrained,
                forward.flops(),
                first.flops(),
                new TreeMap<>(first.flopsByOp()),
                first.storeBytes(),
                firstBytes,
                second.plannedBytes() - second.storeBytes() - firstBytes);
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

    /// Buffers of a step with `batch` pictures, parameters and state included.
    public long bytes(int batch) {
        return storeBytes + firstBytes + nextBytes * (batch - 1L);
    }
}
