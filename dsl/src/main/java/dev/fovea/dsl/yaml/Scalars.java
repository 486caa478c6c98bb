package dev.fovea.dsl.yaml;

import dev.fovea.dsl.yaml.YamlNode.Kind;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/// What a plain scalar means: the core schema of YAML 1.2 (section 10.3.2 of its specification). So `no` and
/// `12:30`
/// are text, `1e-3` and `.5` are numbers, `017` is seventeen and `1_000` is text.
public final class Scalars {
    private Scalars() {}

    /// The kind of an unquoted scalar.
    public static Kind kind(String text) {
        return switch (text) {
            case "", "~", "null", "Null", "NULL" -> Kind.NOTHING;
            case "true", "True", "TRUE", "false", "False", "FALSE" -> Kind.FLAG;
            default -> numberKind(text);
        };
    }

    private static Kind numberKind(String text) {
        int start = text.charAt(0) == '-' || text.charAt(0) == '+' ? 1 : 0;
        String body = text.substring(start);
        if (isDigits(body, 10) || (start == 0 && (isRadix(text, "0x", 16) || isRadix(text, "0o", 8)))) {
            return Kind.INTEGER;
        }
        boolean infinite = body.equals(".inf") || body.equals(".Inf") || body.equals(".INF");
        boolean undefined = text.equals(".nan") || text.equals(".NaN") || text.equals(".NAN");
        return infinite || undefined || isDecimal(body) ? Kind.REAL : Kind.TEXT;
    }

    private static boolean isRadix(String text, String prefix, int radix) {
        return text.startsWith(prefix) && isDigits(text.substring(2), radix);
    }

    private static boolean isDigits(String text, int radix) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c > 'f' || Character.digit(c, radix) < 0) {
                return false;
            }
        }
        return !text.isEmpty();
    }

    /// `( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?`
    private static boolean isDecimal(String body) {
        int e = Math.max(body.indexOf('e'), body.indexOf('E'));
        if (e >= 0) {
            int digits =
                    e + 1 < body.length() && (body.charAt(e + 1) == '-' || body.charAt(e + 1) == '+') ? e + 2 : e + 1;
            if (!isDigits(body.substring(digits), 10)) {
                return false;
            }
        }
        String mantissa = e >= 0 ? body.substring(0, e) : body;
        int dot = mantissa.indexOf('.');
        if (dot < 0) {
            return isDigits(mantissa, 10);
        }
        String before = mantissa.substring(0, dot);
        String after = mantissa.substring(dot + 1);
        boolean beforeFits = before.isEmpty() || isDigits(before, 10);
        boolean afterFits = after.isEmpty() || isDigits(after, 10);
        return beforeFits && afterFits && !(before.isEmpty() && after.isEmpty());
    }

    /// The value of a number, or null if it has more than 300 characters.
    public static @Nullable Double real(String text) {
        if (text.length() > 300) {
            return null;
        }
        int start = text.startsWith("-") || text.startsWith("+") ? 1 : 0;
        String body = text.substring(start);
        double sign = text.startsWith("-") ? -1 : 1;
        if (body.equalsIgnoreCase(".inf")) {
            return sign * Double.POSITIVE_INFINITY;
        }
        if (body.equalsIgnoreCase(".nan")) {
            return Double.NaN;
        }
        if (body.startsWith("0x") || body.startsWith("0o")) {
            return new BigInteger(body.substring(2), body.charAt(1) == 'x' ? 16 : 8).doubleValue();
        }
        return Double.parseDouble(text);
    }

    /// The value of a number that is whole (`3`, `3.0`, `3e2`) and fits a long, or null.
    public static @Nullable Long whole(String text, Kind kind) {
        if (text.length() > 300) {
            return null;
        }
        if (kind == Kind.REAL) {
            Double value = real(text);
            if (value == null || value != Math.rint(value) || Math.abs(value) > 0x1p53) {
                return null;
            }
            return value.longValue();
        }
        int start = text.startsWith("+") ? 1 : 0;
        boolean prefixed = text.startsWith("0x") || text.startsWith("0o");
        BigInteger value = prefixed
                ? new BigInteger(text.substring(2), text.charAt(1) == 'x' ? 16 : 8)
                : new BigInteger(text.substring(start));
        return value.bitLength() < Long.SIZE ? Long.valueOf(value.longValue()) : null;
    }
}
