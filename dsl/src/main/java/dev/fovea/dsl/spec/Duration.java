package dev.fovea.dsl.spec;

import java.math.BigDecimal;

/// A length of training or of time, written as a number with a unit: `1500st`, `75Msa`, `2ep`, `30min`.
public record Duration(double amount, Unit unit) {
    /// Checks that the amount is a finite number that is not negative.
    public Duration {
        if (!(amount >= 0) || amount == Double.POSITIVE_INFINITY) {
            throw new IllegalArgumentException("duration of " + amount + " " + unit);
        }
        amount = amount + 0.0; // -0.0 becomes 0.0
    }

    /// Units of a duration.
    public enum Unit {
        /// optimizer steps, `st`
        STEPS,
        /// examples, `sa`
        SAMPLES,
        /// passes over the training set, `ep`
        EPOCHS,
        /// wall-clock seconds: `s`, `min`, `h`
        SECONDS;

        /// How the unit is written after a number.
        public String suffix() {
            return switch (this) {
                case STEPS -> "st";
                case SAMPLES -> "sa";
                case EPOCHS -> "ep";
                case SECONDS -> "s";
            };
        }
    }

    /// The one way of writing it that enters run keys: a plain number and `st`, `sa`, `ep` or `s`.
    public String canonical() {
        return plain(amount) + unit.suffix();
    }

    /// The way that is easiest to read: `75Msa` for 75000000 examples, `30min` for 1800 seconds.
    public String text() {
        if (unit == Unit.SECONDS) {
            boolean hours = amount >= 3600 && amount % 3600 == 0;
            boolean minutes = amount >= 60 && amount % 60 == 0;
            return hours ? plain(amount / 3600) + "h" : minutes ? plain(amount / 60) + "min" : canonical();
        }
        if (amount >= 1e9 && amount % 1e9 == 0) {
            return plain(amount / 1e9) + "B" + unit.suffix();
        }
        return amount >= 1e6 && amount % 1e6 == 0 ? plain(amount / 1e6) + "M" + unit.suffix() : canonical();
    }

    private static String plain(double value) {
        return value == Math.rint(value) && value < 0x1p53
                ? Long.toString((long) value)
                : BigDecimal.valueOf(value).stripTrailingZeros().toPlainString();
    }
}
