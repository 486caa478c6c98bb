package dev.fovea.runtime.exec.cpu.kernel;

import static dev.fovea.runtime.exec.cpu.kernel.Lanes.FLOAT;

import dev.fovea.runtime.ir.LossOp.BoxDice;
import java.lang.foreign.MemorySegment;

/// The DICE loss of score maps, summed in double.
///
/// Legend: B rows, N cells of a row.
public final class Dice {
    private final int rows;
    private final int cells;

    /// @param elements B*N
    public Dice(int rows, int elements) {
        this.rows = rows;
        this.cells = elements / rows;
    }

    /// Loss of probability (B,N) against coverage (B,N) above 0, averaged over the rows whose skip (B) is 0.
    public double loss(MemorySegment probability, MemorySegment coverage, MemorySegment skip) {
        double sum = 0;
        for (int b = 0; b < rows; b++) {
            if (skip.getAtIndex(FLOAT, b) == 0) {
                double both = both(probability, coverage, b), total = total(probability, coverage, b);
                sum += 1 - both / total;
            }
        }
        return sum * Losses.cellWeight(skip, rows, 1);
    }

    /// dprobability (B,N) of [#loss] times `dloss`.
    public void backward(
            MemorySegment dprobability,
            MemorySegment probability,
            MemorySegment coverage,
            MemorySegment skip,
            double dloss) {
        double weight = Losses.cellWeight(skip, rows, 1) * dloss / BoxDice.SCALE;
        for (int b = 0; b < rows; b++) {
            boolean counts = skip.getAtIndex(FLOAT, b) == 0;
            double total = total(probability, coverage, b);
            double share = both(probability, coverage, b) / total;
            for (long i = (long) b * cells; i < (b + 1L) * cells; i++) {
                double slope = (share - (coverage.getAtIndex(FLOAT, i) > 0 ? 2 : 0)) / total;
                dprobability.setAtIndex(FLOAT, i, counts ? (float) (weight * slope) : 0f);
            }
        }
    }

    private double both(MemorySegment probability, MemorySegment coverage, int b) {
        double sum = 0;
        for (long i = (long) b * cells; i < (b + 1L) * cells; i++) {
            sum += coverage.getAtIndex(FLOAT, i) > 0 ? probability.getAtIndex(FLOAT, i) : 0;
        }
        return 2 * sum / BoxDice.SCALE + BoxDice.EPSILON;
    }

    private double total(MemorySegment probability, MemorySegment coverage, int b) {
        double sum = 0;
        for (long i = (long) b * cells; i < (b + 1L) * cells; i++) {
            sum += probability.getAtIndex(FLOAT, i) + (coverage.getAtIndex(FLOAT, i) > 0 ? 1 : 0);
        }
        return sum / BoxDice.SCALE + BoxDice.EPSILON;
    }
}
