package dev.fovea.runtime.parity;

import dev.fovea.runtime.ir.LossOp;
import dev.fovea.runtime.ir.Shape;
import dev.fovea.runtime.ir.Value;
import java.util.List;
import java.util.Map;

/// The contrastive loss over recorded features, and its gradients. The recorded scale is exp(logit_scale).
///
/// @param loss ()
/// @param logScale ()
record PairLoss(Value images, Value texts, Value logScale, Value bias, Value loss, double scale) {
    static PairLoss of(ParityGraph g, GoldenCase c) {
        double scale = c.input("logit_scale").data()[0];
        Value images = g.in("image_features"), texts = g.in("text_features"), bias = g.in("logit_bias");
        Value logScale = g.given("log_scale", Shape.of(), Math.log(scale));
        Value loss = g.builder().add(new LossOp.SigmoidPairLoss(images, texts, logScale, bias));
        return new PairLoss(images, texts, logScale, bias, loss, scale);
    }

    List<Value> inputs() {
        return List.of(images, texts, logScale, bias);
    }

    /// @param gradients of [#inputs] in that order
    void check(List<Value> gradients, Map<Value, double[]> found, Findings out) {
        out.check("grad.image_features", gradients.get(0), found);
        out.check("grad.text_features", gradients.get(1), found);
        out.check("grad.logit_scale", new double[] {Findings.of(gradients.get(2), found)[0] / scale});
        out.check("grad.logit_bias", gradients.get(3), found);
    }
}
