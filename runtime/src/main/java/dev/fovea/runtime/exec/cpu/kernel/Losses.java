package dev.fovea.runtime.exec.cpu.kernel;

import static dev.fovea.runtime.exec.cpu.kernel.Lanes.FLOAT;

import java.lang.foreign.MemorySegment;

/// Losses and their gradients. These touch little data: plain loops, sums in double.
///
/// Legend: B batch, N cells.
public final class Losses {
    /// Smallest logarithm of a probability that counts.
    private static final double LEAST_LOG = -100;
    /// Smallest denominator of the slope of the cross-entropy.
    private static final double LEAST_VARIANCE = 1e-12;

    private Losses() {}

    /// -1/B sum of log sigmoid(y_ij (scale * dots_ij + bias)), y = 1 on the diagonal and -1 elsewhere, from
    /// dots (B,B)
    public static double sigmoidPairs(MemorySegment dots, int batch, double scale, double bias) {
        double sum = 0;
        for (int i = 0; i < batch; i++) {
            for (int j = 0; j < batch; j++) {
                double logit = scale * dots.getAtIndex(FLOAT, (long) i * batch + j) + bias;
                double x = i == j ? -logit : logit;
                sum += Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
            }
        }
        return sum / batch;
    }

    /// slopes (B,B) = scale * the gradient of [#sigmoidPairs] in each logit; dlogScale () and dbias () its
    /// gradients in the logarithm of the scale and in the bias. Input dots (B,B), dloss the gradient of the
    /// loss. `slopes` may be `dots`.
    public static void sigmoidPairsBackward(
            MemorySegment slopes,
            MemorySegment dlogScale,
            MemorySegment dbias,
            MemorySegment dots,
            int batch,
            double scale,
            double bias,
            double dloss) {
        double scaleSum = 0;
        double biasSum = 0;
        for (int i = 0; i < batch; i++) {
            for (int j = 0; j < batch; j++) {
                long at = (long) i * batch + j;
                double dot = dots.getAtIndex(FLOAT, at);
                double sign = i == j ? -1 : 1;
                double slope = dloss * sign / (1 + Math.exp(-sign * (scale * dot + bias))) / batch;
                scaleSum += slope * scale * dot;
                biasSum += slope;
                slopes.setAtIndex(FLOAT, at, (float) (slope * scale));
            }
        }
        dlogScale.setAtIndex(FLOAT, 0, (float) scaleSum);
        dbias.setAtIndex(FLOAT, 0, (float) biasSum);
    }

    /// 1 / the number of cells in rows whose skip (B) is 0, or 0 if there is none
    public static double cellWeight(MemorySegment skip, int batch, int cells) {
        long rows = 0;
        for (int b = 0; b < batch; b++) {
            rows += skip.getAtIndex(FLOAT, b) == 0 ? 1 : 0;
        }
        return rows == 0 ? 0 : 1.0 / (rows * (double) cells);
    }

    /// sums (B, in double) = for each row whose skip (B) is 0 minus the sum of the logarithms of probability
    /// (B,N) where coverage (B,N) is above 0, of 1 - probability elsewhere; rows `from` to `to`
    public static void crossEntropy(
            double[] sums,
            MemorySegment probability,
            MemorySegment coverage,
            MemorySegment skip,
            int cells,
            int from,
            int to) {
        for (int b = from; b < to; b++) {
            double sum = 0;
            if (skip.getAtIndex(FLOAT, b) == 0) {
                for (long i = (long) b * cells; i < (b + 1L) * cells; i++) {
                    double p = probability.getAtIndex(FLOAT, i);
                    sum -= Math.max(Math.log(coverage.getAtIndex(FLOAT, i) > 0 ? p : 1 - p), LEAST_LOG);
                }
            }
            sums[b] = sum;
        }
    }

    /// dprobability (B,N) of [#crossEntropy] times `weight`; rows `from` to `to`
    public static void crossEntropyBackward(
            MemorySegment dprobability,
            MemorySegment probability,
            MemorySegment coverage,
            MemorySegment skip,
            double weight,
            int cells,
            int from,
            int to) {
        for (int b = from; b < to; b++) {
            boolean counts = skip.getAtIndex(FLOAT, b) == 0;
            for (long i = (long) b * cells; i < (b + 1L) * cells; i++) {
                double p = probability.getAtIndex(FLOAT, i);
                double target = coverage.getAtIndex(FLOAT, i) > 0 ? 1 : 0;
                double slope = counts ? weight * (p - target) / Math.max(p * (1 - p), LEAST_VARIANCE) : 0;
                dprobability.setAtIndex(FLOAT, i, (float) slope);
            }
        }
    }
}
