package dev.fovea.dsl;

import dev.fovea.dsl.keys.Form;
import dev.fovea.dsl.spec.Duration;
import dev.fovea.dsl.yaml.Scalars;
import dev.fovea.dsl.yaml.YamlNode.Kind;
import dev.fovea.dsl.yaml.YamlNode.Scalar;
import org.jspecify.annotations.Nullable;

/// Reads lengths of training and of time: a number, for counts `k`, `M` or `B`, and a unit.
final class Durations {
    private Durations() {}

    /// The duration, or null if it is not one or does not fit.
    static @Nullable Duration read(Form.Span form, Scalar scalar) {
        if (scalar.kind() == Kind.FLAG || scalar.kind() == Kind.NOTHING) {
            return null;
        }
        Duration duration =
                scalar.kind() == Kind.TEXT ? ofText(scalar.text(), form.implied()) : ofNumber(scalar, form.implied());
        boolean fits = duration != null
                && form.units().contains(duration.unit())
                && (form.zero() || duration.amount() > 0)
                && duration.amount() <= 0x1p53;
        return fits && isCountable(duration) ? duration : null;
    }

    private static boolean isCountable(@Nullable Duration duration) {
        return duration != null
                && switch (duration.unit()) {
                    case STEPS, SAMPLES -> duration.amount() == Math.rint(duration.amount());
                    case EPOCHS, SECONDS -> true;
                };
    }

    private static @Nullable Duration ofNumber(Scalar scalar, Duration.@Nullable Unit implied) {
        Double value = Scalars.real(scalar.text());
        boolean usable = implied != null && value != null && value >= 0 && !value.isInfinite();
        return usable && implied != null && value != null ? new Duration(value, implied) : null;
    }

    private static @Nullable Duration ofText(String text, Duration.@Nullable Unit implied) {
        int end = 0;
        while (end < text.length() && (isDigit(text.charAt(end)) || text.charAt(end) == '.')) {
            end++;
        }
        String number = text.substring(0, end);
        if (end == 0
                || !isDigit(number.charAt(0))
                || !isDigit(number.charAt(end - 1))
                || number.indexOf('.') != number.lastIndexOf('.')
                || end > 30) {
            return null;
        }
        String rest = text.substring(end);
        double amount = Double.parseDouble(number);
        return switch (rest) {
            case "s" -> new Duration(amount, Duration.Unit.SECONDS);
            case "min" -> new Duration(amount * 60, Duration.Unit.SECONDS);
            case "h" -> new Duration(amount * 3600, Duration.Unit.SECONDS);
            default -> count(amount, rest, implied);
        };
    }

    private static @Nullable Duration count(double amount, String rest, Duration.@Nullable Unit implied) {
        double factor = switch (rest.isEmpty() ? ' ' : rest.charAt(0)) {
            case 'k' -> 1e3;
            case 'M' -> 1e6;
            case 'B' -> 1e9;
            default -> 1;
        };
        String suffix = factor == 1 ? rest : rest.substring(1);
        Duration.Unit unit = switch (suffix) {
            case "st" -> Duration.Unit.STEPS;
            case "sa" -> Duration.Unit.SAMPLES;
            case "ep" -> Duration.Unit.EPOCHS;
            case "" -> implied;
            default -> null;
        };
        return unit == null ? null : new Duration(amount * factor, unit);
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }
}
