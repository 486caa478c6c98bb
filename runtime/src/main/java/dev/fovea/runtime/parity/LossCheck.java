package dev.fovea.runtime.parity;

import dev.fovea.runtime.exec.Backend;
import dev.fovea.runtime.ir.ImageOp;
import dev.fovea.runtime.ir.LossOp;
import dev.fovea.runtime.ir.Shape;
import dev.fovea.runtime.ir.Value;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/// The whole pre-training loss over recorded features and maps (ps3-spec 2.4), with the gradients of its sum.
final class LossCheck implements CaseCheck {
    @Override
    public String kind() {
        return "pre-training loss";
    }

    @Override
    public boolean matches(GoldenCase c) {
        return c.call().contains("SigLipLossPS3(");
    }

    /// One of the two maps' losses.
    ///
    /// @param maps the probabilities (B,cells_i) of every scale
    private record BoxLoss(String map, List<Value> maps, Value loss) {}

    @Override
    public void run(GoldenCase c, Backend backend, Findings out) {
        if (c.params().path("selection_prob_loss_weight").asDouble(0) != 0) {
            throw new GoldenException(c.name() + ": selection_prob_loss_weight is not built; it must be 0");
        }
        ParityGraph g = new ParityGraph(c);
        PairLoss pairs = PairLoss.of(g, c);
        List<BoxLoss> boxes = new ArrayList<>();
        if (c.hasInput("gt_selection_maps")) {
            boxes.add(boxLoss(g, c, "prior"));
            boxes.add(boxLoss(g, c, "posterior"));
        }
        List<Value> terms = new ArrayList<>(List.of(pairs.loss())), targets = new ArrayList<>(pairs.inputs());
        boxes.forEach(box -> {
            terms.add(box.loss());
            targets.addAll(box.maps());
        });
        Value total = g.builder().add(new LossOp.WeightedSum(terms, Collections.nCopies(terms.size(), 1.0)));
        List<Value> gradients = g.gradients(total, g.given("one", Shape.of(), 1), targets);
        List<Value> read = new ArrayList<>(gradients);
        read.addAll(terms);
        read.add(total);
        Map<Value, double[]> found = g.run(backend, read);
        out.check("contrastive_loss", pairs.loss(), found);
        out.check("loss", total, found);
        pairs.check(gradients, found, out);
        int at = pairs.inputs().size();
        for (BoxLoss box : boxes) {
            out.check(box.map() + "_box_supervision_loss", new double[] {Findings.of(box.loss(), found)[0]});
            for (int i = 0; i < box.maps().size(); i++) {
                out.check(gradient(box.map(), i), Findings.of(gradients.get(at++), found));
            }
        }
        if (boxes.isEmpty()) {
            checkWithoutBoxes(c, out);
        }
    }

    private static String gradient(String map, int scale) {
        return "grad." + map + "_selection_probs." + scale;
    }

    /// Without boxes our training has no box losses: they count as 0, and so do their gradients.
    private static void checkWithoutBoxes(GoldenCase c, Findings out) {
        for (String map : List.of("prior", "posterior")) {
            out.check(map + "_box_supervision_loss", new double[1]);
            for (int i = 0; c.hasInput(map + "_selection_probs." + i); i++) {
                out.check(
                        gradient(map, i),
                        new double[c.input(map + "_selection_probs." + i).data().length]);
            }
        }
    }

    private static BoxLoss boxLoss(ParityGraph g, GoldenCase c, String map) {
        double weight = c.params().path(map + "_box_supervision_loss_weight").asDouble(1);
        Value boxes = g.in("gt_selection_maps"), global = g.in("is_global_text");
        List<Value> terms = new ArrayList<>(), maps = new ArrayList<>();
        for (int i = 0; c.hasInput(map + "_selection_probs." + i); i++) {
            String name = map + "_selection_probs." + i;
            Shape s = c.input(name).dims();
            maps.add(g.in(name, Shape.of(s.dim(0), s.dim(1) * s.dim(2))));
            Value coverage = g.builder().add(new ImageOp.AreaResize(boxes, s.dim(1), s.dim(2)));
            terms.add(g.builder().add(new LossOp.BoxCrossEntropy(maps.getLast(), coverage, global)));
        }
        List<Double> weights = Collections.nCopies(terms.size(), weight / terms.size());
        return new BoxLoss(map, maps, g.builder().add(new LossOp.WeightedSum(terms, weights)));
    }
}
