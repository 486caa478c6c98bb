package dev.fovea.runtime.exec.cpu.kernel;

import static dev.fovea.runtime.exec.cpu.kernel.Lanes.FLOAT;
import static dev.fovea.runtime.exec.cpu.kernel.Lanes.FLOATS;
import static dev.fovea.runtime.exec.cpu.kernel.Lanes.ORDER;
import static dev.fovea.runtime.exec.cpu.kernel.Lanes.WIDTH;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/// One step of AdamW (Loshchilov and Hutter, "Decoupled Weight Decay Regularization", 2019) on one parameter,
/// every array read and written once.
///
/// Legend: S any shape; ranges count elements.
public final class AdamW {
    private final double decay;
    private final float beta1;
    private final float rest1;
    private final float beta2;
    private final float rest2;
    private final float eps;
    private final float low;
    private final float high;
    private float keep;
    private float step;
    private float root;
    private float gradientScale;

    /// The rule for one parameter.
    ///
    /// @param decay weight decay, 0 for none
    /// @param low smallest value the parameter may take
    /// @param high largest value the parameter may take
    public AdamW(double beta1, double beta2, double eps, double decay, double low, double high) {
        this.decay = decay;
        this.beta1 = (float) beta1;
        this.rest1 = (float) (1 - beta1);
        this.beta2 = (float) beta2;
        this.rest2 = (float) (1 - beta2);
        this.eps = (float) eps;
        this.low = (float) low;
        this.high = (float) high;
    }

    /// Sets what changes from step to step.
    ///
    /// @param rate learning rate
    /// @param correction1 1 - beta1^t
    /// @param correction2 1 - beta2^t
    /// @param scale factor of the gradient
    public void prepare(double rate, double correction1, double correction2, double scale) {
        keep = (float) (1 - rate * decay);
        step = (float) (rate / correction1);
        root = (float) (1 / Math.sqrt(correction2));
        gradientScale = (float) scale;
    }

    /// p (S), m (S), v (S) in place, from g (S)
    public void update(MemorySegment p, MemorySegment m, MemorySegment v, MemorySegment g, long from, long to) {
        long i = from;
        for (; i <= to - WIDTH; i += WIDTH) {
            long at = i << 2;
            FloatVector gradient =
                    FloatVector.fromMemorySegment(FLOATS, g, at, ORDER).mul(gradientScale);
            FloatVector first = FloatVector.fromMemorySegment(FLOATS, m, at, ORDER)
                    .mul(beta1)
                    .add(gradient.mul(rest1));
            FloatVector second = FloatVector.fromMemorySegment(FLOATS, v, at, ORDER)
                    .mul(beta2)
                    .add(gradient.mul(gradient).mul(rest2));
            FloatVector move = first.mul(step).div(second.sqrt().mul(root).add(eps));
            FloatVector next = FloatVector.fromMemorySegment(FLOATS, p, at, ORDER)
                    .mul(keep)
                    .sub(move);
            first.intoMemorySegment(m, at, ORDER);
            second.intoMemorySegment(v, at, ORDER);
            next.max(low).min(high).intoMemorySegment(p, at, ORDER);
        }
        updateSingly(p, m, v, g, i, to);
    }

    private void updateSingly(MemorySegment p, MemorySegment m, MemorySegment v, MemorySegment g, long from, long to) {
        for (long i = from; i < to; i++) {
            float gradient = g.getAtIndex(FLOAT, i) * gradientScale;
            float first = m.getAtIndex(FLOAT, i) * beta1 + gradient * rest1;
            float second = v.getAtIndex(FLOAT, i) * beta2 + gradient * gradient * rest2;
            float move = first * step / ((float) Math.sqrt(second) * root + eps);
            float next = p.getAtIndex(FLOAT, i) * keep - move;
            m.setAtIndex(FLOAT, i, first);
            v.setAtIndex(FLOAT, i, second);
            p.setAtIndex(FLOAT, i, Math.min(Math.max(next, low), high));
        }
    }
}
