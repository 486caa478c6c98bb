package dev.fovea.runtime.parity;

import dev.fovea.runtime.exec.Backend;
import dev.fovea.runtime.ir.Functions;
import dev.fovea.runtime.ir.LinearOp;
import dev.fovea.runtime.ir.PointwiseOp;
import dev.fovea.runtime.ir.Shape;
import dev.fovea.runtime.ir.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/// The sigmoid contrastive loss alone (ps3-spec 2.4), with its logits and gradients.
final class SigLipCheck implements CaseCheck {
    @Override
    public String kind() {
        return "contrastive loss";
    }

    @Override
    public boolean matches(GoldenCase c) {
        return c.call().contains("SigLipLoss()");
    }

    @Override
    public void run(GoldenCase c, Backend backend, Findings out) {
        ParityGraph g = new ParityGraph(c);
        PairLoss pairs = PairLoss.of(g, c);
        int batch = pairs.texts().shape().dim(0);
        double[] bias = new double[batch];
        Arrays.fill(bias, c.input("logit_bias").data()[0]);
        Value scaled = g.builder().add(new PointwiseOp.Scale(pairs.images(), pairs.scale()));
        Value logits =
                g.builder().add(new LinearOp.Linear(scaled, pairs.texts(), g.given("biases", Shape.of(batch), bias)));
        List<Value> gradients = g.gradients(pairs.loss(), g.given("one", Shape.of(), 1), pairs.inputs());
        List<Value> read = new ArrayList<>(gradients);
        read.addAll(List.of(logits, pairs.loss()));
        Map<Value, double[]> found = g.run(backend, read);
        out.check("loss", pairs.loss(), found);
        out.check("logits", logits, found);
        double negative = Arrays.stream(Findings.of(logits, found))
                .map(Functions::softplus)
                .sum();
        out.check("loss_negative_only", new double[] {negative / batch});
        pairs.check(gradients, found, out);
    }
}
