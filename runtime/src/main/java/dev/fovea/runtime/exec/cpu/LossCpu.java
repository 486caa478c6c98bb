package dev.fovea.runtime.exec.cpu;

import dev.fovea.runtime.exec.cpu.kernel.Dice;
import dev.fovea.runtime.exec.cpu.kernel.Gemm;
import dev.fovea.runtime.exec.cpu.kernel.Lanes;
import dev.fovea.runtime.exec.cpu.kernel.Losses;
import dev.fovea.runtime.ir.LossOp;
import dev.fovea.runtime.ir.Value;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// Ops that end in one number.
///
/// Legend: B batch, D width, N cells.
final class LossCpu {
    private LossCpu() {}

    static Step lower(LossOp.Forward op, List<Value> out, Lowering l) {
        MemorySegment y = l.of(out.getFirst());
        return switch (op) {
            case LossOp.SigmoidPairLoss pairs -> pairs(pairs, y, l);
            case LossOp.BoxCrossEntropy boxes -> boxes(boxes, y, l);
            case LossOp.BoxDice dice -> dice(dice, l.of(out.getFirst()), l);
            case LossOp.WeightedSum sum -> weightedSum(sum, y, l);
        };
    }

    static Step lower(LossOp.Backward op, List<Value> out, Lowering l) {
        return switch (op) {
            case LossOp.SigmoidPairLossBackward pairs -> pairsBackward(pairs, out, l);
            case LossOp.BoxCrossEntropyBackward boxes -> boxesBackward(boxes, l.of(out.getFirst()), l);
            case LossOp.BoxDiceBackward dice -> diceBackward(dice, l.of(out.getFirst()), l);
        };
    }

    private static float scalar(MemorySegment segment) {
        return segment.get(Lanes.FLOAT, 0);
    }

    /// Scratch memory (B,B) = images (B,D) textsT (D,B)
    private static Step dots(LossOp.SigmoidPairLoss op, Lowering l) {
        int batch = op.images().shape().rows();
        int width = op.images().shape().dim(-1);
        MemorySegment images = l.of(op.images());
        MemorySegment texts = l.of(op.texts());
        Gemm gemm = l.engine().gemms().floats();
        Scratch scratch = l.scratch();
        scratch.reserve((long) batch * batch);
        return () -> gemm.multiply(
                false,
                true,
                batch,
                batch,
                width,
                images,
                0,
                width,
                texts,
                0,
                width,
                scratch.segment(),
                0,
                batch,
                false);
    }

    private static Step pairs(LossOp.SigmoidPairLoss op, MemorySegment loss, Lowering l) {
        int batch = op.images().shape().rows();
        MemorySegment logScale = l.of(op.logScale());
        MemorySegment bias = l.of(op.bias());
        Scratch scratch = l.scratch();
        return dots(op, l).then(() -> {
            double scale = Math.exp(scalar(logScale));
            double value = Losses.sigmoidPairs(scratch.segment(), batch, scale, scalar(bias));
            loss.set(Lanes.FLOAT, 0, (float) value);
        });
    }

    private static Step pairsBackward(LossOp.SigmoidPairLossBackward op, List<Value> out, Lowering l) {
        int batch = op.of().images().shape().rows();
        int width = op.of().images().shape().dim(-1);
        MemorySegment images = l.of(op.of().images());
        MemorySegment texts = l.of(op.of().texts());
        MemorySegment logScale = l.of(op.of().logScale());
        MemorySegment bias = l.of(op.of().bias());
        MemorySegment dloss = l.of(op.dloss());
        MemorySegment dimages = l.of(out.get(0));
        MemorySegment dtexts = l.of(out.get(1));
        MemorySegment dlogScale = l.of(out.get(2));
        MemorySegment dbias = l.of(out.get(3));
        Gemm gemm = l.engine().gemms().floats();
        Scratch scratch = l.scratch();
        return dots(op.of(), l).then(() -> {
            MemorySegment s = scratch.segment();
            double scale = Math.exp(scalar(logScale));
            Losses.sigmoidPairsBackward(s, dlogScale, dbias, s, batch, scale, scalar(bias), scalar(dloss));
            gemm.multiply(false, false, batch, width, batch, s, 0, batch, texts, 0, width, dimages, 0, width, false);
            gemm.multiply(true, false, batch, width, batch, s, 0, batch, images, 0, width, dtexts, 0, width, false);
        });
    }

    private static Step boxes(LossOp.BoxCrossEntropy op, MemorySegment loss, Lowering l) {
        int batch = op.global().shape().elements();
        int cells = op.probability().shape().elements() / batch;
        MemorySegment probability = l.of(op.probability());
        MemorySegment coverage = l.of(op.coverage());
        MemorySegment global = l.of(op.global());
        double[] sums = new double[batch];
        return l.rows(
                        batch,
                        cells,
                        (from, to, _) -> Losses.crossEntropy(sums, probability, coverage, global, cells, from, to))
                .then(() -> {
                    double sum = 0;
                    for (double s : sums) {
                        sum += s;
                    }
                    loss.set(Lanes.FLOAT, 0, (float) (sum * Losses.cellWeight(global, batch, cells)));
                });
    }

    private static Step boxesBackward(LossOp.BoxCrossEntropyBackward op, MemorySegment dprobability, Lowering l) {
        int batch = op.of().global().shape().elements();
        int cells = op.of().probability().shape().elements() / batch;
        MemorySegment probability = l.of(op.of().probability());
        MemorySegment coverage = l.of(op.of().coverage());
        MemorySegment global = l.of(op.of().global());
        MemorySegment dloss = l.of(op.dloss());
        return l.rows(batch, cells, (from, to, _) -> {
            double weight = Losses.cellWeight(global, batch, cells) * scalar(dloss);
            Losses.crossEntropyBackward(dprobability, probability, coverage, global, weight, cells, from, to);
        });
    }

    private static Step dice(LossOp.BoxDice op, MemorySegment loss, Lowering l) {
        Dice kernel = new Dice(
                op.global().shape().elements(), op.probability().shape().elements());
        MemorySegment probability = l.of(op.probability());
        MemorySegment coverage = l.of(op.coverage());
        MemorySegment global = l.of(op.global());
        return () -> loss.set(Lanes.FLOAT, 0, (float) kernel.loss(probability, coverage, global));
    }

    private static Step diceBackward(LossOp.BoxDiceBackward op, MemorySegment dprobability, Lowering l) {
        LossOp.BoxDice of = op.of();
        Dice kernel = new Dice(
                of.global().shape().elements(), of.probability().shape().elements());
        MemorySegment probability = l.of(of.probability());
        MemorySegment coverage = l.of(of.coverage());
        MemorySegment global = l.of(of.global());
        MemorySegment dloss = l.of(op.dloss());
        return () -> kernel.backward(dprobability, probability, coverage, global, scalar(dloss));
    }

    private static Step weightedSum(LossOp.WeightedSum op, MemorySegment sum, Lowering l) {
        MemorySegment[] terms = op.terms().stream().map(l::of).toArray(MemorySegment[]::new);
        double[] weights = op.weights().stream().mapToDouble(w -> w).toArray();
        return () -> {
            double total = 0;
            for (int i = 0; i < terms.length; i++) {
                total += weights[i] * scalar(terms[i]);
            }
            sum.set(Lanes.FLOAT, 0, (float) total);
        };
    }
}
