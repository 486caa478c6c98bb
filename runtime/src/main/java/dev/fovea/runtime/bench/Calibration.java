package dev.fovea.runtime.bench;

import dev.fovea.runtime.ir.HostCall;
import dev.fovea.runtime.ir.Op;
import java.util.Comparator;
import java.util.List;

/// How fast this machine runs each family of ops, from a short probe, and the time that follows from it.
///
/// The time of an op is `max(amount / rate of its family, bytes / memory bandwidth)`. A family's rate was measured at
/// a few sizes; between them it is interpolated over the logarithm of the amount, outside of them it is that of
/// the nearest. The bandwidth binds only ops whose arrays are far larger than the caches. Host calls take nothing.
///
/// @param machine what it gives at most
/// @param points the measured sizes
public record Calibration(MachineRates machine, List<Point> points) {
    /// Bytes above which an op cannot keep its arrays in the caches.
    private static final long BEYOND_CACHES = 64L << 20;

    /// Copies the list.
    public Calibration {
        points = points.stream().sorted(Comparator.comparing(Point::amount)).toList();
    }

    /// One measured op.
    ///
    /// @param amount operations or bytes, as its family counts
    /// @param seconds median time
    public record Point(Family family, long amount, double seconds) {
        double rate() {
            return amount / seconds;
        }
    }

    /// Predicted time of an op.
    public double seconds(Op op) {
        if (op instanceof HostCall) {
            return 0;
        }
        Family family = Family.of(op);
        long amount = family.amount(op);
        long bytes = OpBytes.of(op);
        double least = bytes > BEYOND_CACHES ? bytes / machine.triadRate() : 0;
        return Math.max(least, amount / rate(family, Math.max(1, amount)));
    }

    /// Amount a second of a family at a size.
    double rate(Family family, long amount) {
        List<Point> known = points.stream().filter(p -> p.family() == family).toList();
        if (known.isEmpty()) {
            throw new IllegalStateException("the calibration lacks " + family);
        }
        Point below = known.getFirst();
        for (Point above : known) {
            if (amount <= above.amount()) {
                return below == above ? above.rate() : between(below, above, amount);
            }
            below = above;
        }
        return below.rate();
    }

    private static double between(Point below, Point above, long amount) {
        double share = Math.log((double) amount / below.amount()) / Math.log((double) above.amount() / below.amount());
        return below.rate() * Math.pow(above.rate() / below.rate(), share);
    }
}
