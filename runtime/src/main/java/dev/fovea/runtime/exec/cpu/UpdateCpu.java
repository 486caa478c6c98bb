package dev.fovea.runtime.exec.cpu;

import dev.fovea.runtime.exec.cpu.kernel.AdamW;
import dev.fovea.runtime.exec.cpu.kernel.Lanes;
import dev.fovea.runtime.ir.UpdateOp;
import dev.fovea.runtime.ir.Value;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// Updates of parameters, in place where the plan gave output and input the same memory.
final class UpdateCpu {
    private UpdateCpu() {}

    static Step lower(UpdateOp op, List<Value> out, Lowering l) {
        return switch (op) {
            case UpdateOp.AdamW adamw -> adamw(adamw, out, l);
        };
    }

    private static Step adamw(UpdateOp.AdamW op, List<Value> out, Lowering l) {
        MemorySegment parameter = l.of(out.get(0));
        MemorySegment first = l.of(out.get(1));
        MemorySegment second = l.of(out.get(2));
        MemorySegment gradient = l.of(op.gradient());
        MemorySegment rates = l.of(op.rates());
        Value scaleValue = op.gradientScale();
        MemorySegment scale = scaleValue == null ? null : l.of(scaleValue);
        UpdateOp.Hyper h = op.hyper();
        AdamW kernel = new AdamW(h.beta1(), h.beta2(), h.eps(), h.decay(), h.low(), h.high());
        Step prepare = () -> kernel.prepare(
                rates.getAtIndex(Lanes.FLOAT, 0),
                rates.getAtIndex(Lanes.FLOAT, 1),
                rates.getAtIndex(Lanes.FLOAT, 2),
                scale == null ? 1 : scale.get(Lanes.FLOAT, 0));
        return copy(out.get(0), op.parameter(), l)
                .then(copy(out.get(1), op.first(), l))
                .then(copy(out.get(2), op.second(), l))
                .then(prepare)
                .then(l.elements(
                        op.parameter().shape().elements(),
                        (from, to) -> kernel.update(parameter, first, second, gradient, from, to)));
    }

    private static Step copy(Value to, Value from, Lowering l) {
        MemorySegment target = l.of(to);
        MemorySegment source = l.of(from);
        if (target.address() == source.address()) {
            return () -> {};
        }
        long bytes = to.bytes();
        return () -> MemorySegment.copy(source, 0, target, 0, bytes);
    }
}
