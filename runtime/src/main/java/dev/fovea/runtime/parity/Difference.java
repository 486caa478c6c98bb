package dev.fovea.runtime.parity;

import java.util.Arrays;
import java.util.Locale;

/// How far values are from recorded ones.
///
/// @param worst the largest absolute difference; infinite where a value is not finite and the other not the same
/// @param wrong how many elements differ by more than allowed
/// @param text empty if none does, else where and how the worst differs
record Difference(double worst, int wrong, String text) {
    static Difference of(double[] actual, GoldenCase.Values expected, boolean[] skipped, double allowed) {
        int wrong = 0, at = -1;
        double worst = 0;
        for (int i = 0; i < actual.length; i++) {
            if (skipped.length > 0 && skipped[i]) {
                continue;
            }
            double difference = between(actual[i], expected.data()[i]);
            wrong += difference <= allowed ? 0 : 1;
            if (at < 0 || difference > worst) {
                worst = difference;
                at = i;
            }
        }
        return new Difference(worst, wrong, wrong == 0 ? "" : describe(actual, expected, wrong, at));
    }

    /// NaN differs from everything, itself too; infinities agree with themselves.
    private static double between(double actual, double expected) {
        if (actual == expected) {
            return 0;
        }
        double difference = Math.abs(actual - expected);
        return Double.isNaN(difference) ? Double.POSITIVE_INFINITY : difference;
    }

    private static String describe(double[] actual, GoldenCase.Values expected, int wrong, int at) {
        return String.format(
                Locale.ROOT,
                "%d of %d elements differ; worst at %s: %.9g, recorded %.9g",
                wrong,
                actual.length,
                Arrays.toString(index(at, expected.shape())),
                actual[at],
                expected.data()[at]);
    }

    private static long[] index(int flat, long[] shape) {
        long[] index = new long[shape.length];
        long rest = flat;
        for (int i = shape.length - 1; i >= 0; i--) {
            index[i] = rest % shape[i];
            rest /= shape[i];
        }
        return index;
    }
}
