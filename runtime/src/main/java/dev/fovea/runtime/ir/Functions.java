package dev.fovea.runtime.ir;

/// Scalar functions in double, shared by definitions and tests.
public final class Functions {
    private static final double SQRT_2_OVER_PI = Math.sqrt(2 / Math.PI);

    private Functions() {}

    /// 1 / (1 + e^-x)
    public static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    /// log(1 + e^x) without overflow
    public static double softplus(double x) {
        return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
    }

    /// The GELU of the given kind.
    public static double gelu(double x, PointwiseOp.GeluKind kind) {
        return switch (kind) {
            case ERF -> 0.5 * x * (1 + erf(x / Math.sqrt(2)));
            case TANH -> 0.5 * x * (1 + Math.tanh(SQRT_2_OVER_PI * (x + 0.044715 * x * x * x)));
        };
    }

    /// Derivative of [#gelu].
    public static double geluSlope(double x, PointwiseOp.GeluKind kind) {
        return switch (kind) {
            case ERF -> 0.5 * (1 + erf(x / Math.sqrt(2))) + x * Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
            case TANH -> {
                double t = Math.tanh(SQRT_2_OVER_PI * (x + 0.044715 * x * x * x));
                yield 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * SQRT_2_OVER_PI * (1 + 3 * 0.044715 * x * x);
            }
        };
    }

    /// The error function to full double accuracy: its series near 0, the continued fraction of erfc beyond.
    public static double erf(double x) {
        double a = Math.abs(x);
        double value = a < 2.5 ? erfSeries(a) : 1 - erfcFraction(a);
        return x < 0 ? -value : value;
    }

    private static double erfSeries(double a) {
        double term = a, sum = a;
        for (int n = 1; Math.abs(term) > 1e-18 * Math.abs(sum) && n < 200; n++) {
            term *= 2 * a * a / (2 * n + 1);
            sum += term;
        }
        return 2 / Math.sqrt(Math.PI) * Math.exp(-a * a) * sum;
    }

    private static double erfcFraction(double a) {
        if (a > 7) {
            return 0;
        }
        double tail = a;
        for (int n = 80; n >= 1; n--) {
            tail = a + n / 2.0 / tail;
        }
        return Math.exp(-a * a) / (tail * Math.sqrt(Math.PI));
    }
}
