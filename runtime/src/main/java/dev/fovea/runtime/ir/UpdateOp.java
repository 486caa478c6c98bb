package dev.fovea.runtime.ir;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Ops that change the state of a run; their outputs take over the memory of their inputs.
public sealed interface UpdateOp extends Op {
    /// parameter, first and second moment, gradient (all S), rates (3), gradientScale () or none -> the next
    /// parameter,
    /// first and second moment (S). Decoupled weight decay (Loshchilov and Hutter): p = p (1 - lr decay) - lr /
    /// rates[1]
    /// * m / (sqrt(v) / sqrt(rates[2]) + eps), then cut to low .. high.
    ///
    /// @param rates learning rate, 1 - beta1^t, 1 - beta2^t: what changes from step to step is data
    record AdamW(
            Value parameter,
            Value first,
            Value second,
            Value gradient,
            Value rates,
            @Nullable Value gradientScale,
            Hyper hyper)
            implements UpdateOp {
        @Override
        public List<Value> inputs() {
            return gradientScale == null
                    ? List.of(parameter, first, second, gradient, rates)
                    : List.of(parameter, first, second, gradient, rates, gradientScale);
        }

        @Override
        public List<Shape> outputShapes() {
            Shape s = parameter.shape();
            Check.that(
                    first.shape().equals(s)
                            && second.shape().equals(s)
                            && gradient.shape().equals(s)
                            && rates.shape().elements() == 3,
                    "adamw: %s, %s, %s, gradient %s, rates %s",
                    parameter,
                    first,
                    second,
                    gradient,
                    rates);
            return List.of(s, s, s);
        }

        @Override
        public boolean overwrites(int j, int i) {
            return j == i;
        }

        @Override
        public void evaluate(double[][] in, double[][] out) {
            double scale = gradientScale == null ? 1 : in[5][0], lr = in[4][0];
            for (int i = 0; i < in[0].length; i++) {
                double g = in[3][i] * scale;
                out[1][i] = hyper.beta1 * in[1][i] + (1 - hyper.beta1) * g;
                out[2][i] = hyper.beta2 * in[2][i] + (1 - hyper.beta2) * g * g;
                double step = out[1][i] / in[4][1] / (Math.sqrt(out[2][i] / in[4][2]) + hyper.eps);
                out[0][i] = Math.clamp(in[0][i] * (1 - lr * hyper.decay) - lr * step, hyper.low, hyper.high);
            }
        }
    }

    /// What stays the same over a run.
    ///
    /// @param decay weight decay of this parameter, 0 for none
    /// @param low smallest value the parameter may take
    /// @param high largest value the parameter may take
    record Hyper(double beta1, double beta2, double eps, double decay, double low, double high) {}
}
