package dev.fovea.bin.terminal;

import java.util.Locale;

/// Numbers as people read them: three or four digits and a unit.
public final class Quantities {
    private static final String[] BYTE_UNITS = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
    private static final String[] COUNT_UNITS = {"", "K", "M", "G", "T", "P", "E"};

    private Quantities() {}

    /// Memory or files: `980 B`, `1.25 GiB`.
    public static String bytes(long bytes) {
        double amount = bytes;
        int unit = 0;
        while (Math.abs(amount) >= 1023.5 && unit < BYTE_UNITS.length - 1) {
            amount /= 1024;
            unit++;
        }
        return (unit == 0 ? Long.toString(bytes) : threeDigits(amount)) + " " + BYTE_UNITS[unit];
    }

    /// Things counted: `812`, `1.23M`.
    public static String count(double count) {
        double amount = count;
        int unit = 0;
        while (Math.abs(amount) >= 999.5 && unit < COUNT_UNITS.length - 1) {
            amount /= 1000;
            unit++;
        }
        String digits = unit == 0 && amount == Math.rint(amount)
                ? String.format(Locale.ROOT, "%.0f", amount)
                : threeDigits(amount);
        return digits + COUNT_UNITS[unit];
    }

    /// A span of time: `0.3 s`, `12 s`, `2:05 min`, `3:04 h`, `5 d 3 h`; `?` where it is not known.
    public static String time(double seconds) {
        if (Double.isNaN(seconds) || Double.isInfinite(seconds) || seconds < 0) {
            return "?";
        }
        if (seconds < 9.95) {
            return String.format(Locale.ROOT, "%.1f s", seconds);
        }
        long whole = Math.round(seconds);
        if (whole < 60) {
            return whole + " s";
        }
        if (whole < 3600) {
            return String.format(Locale.ROOT, "%d:%02d min", whole / 60, whole % 60);
        }
        if (whole < 2 * 86400) {
            return String.format(Locale.ROOT, "%d:%02d h", whole / 3600, whole / 60 % 60);
        }
        return whole / 86400 + " d " + whole / 3600 % 24 + " h";
    }

    /// A rate: `41.2/s`, or `18.0/min` where it is slow.
    public static String perSecond(double rate) {
        if (Double.isNaN(rate) || Double.isInfinite(rate) || rate < 0) {
            return "?/s";
        }
        return rate > 0 && rate < 1 ? threeDigits(rate * 60) + "/min" : threeDigits(rate) + "/s";
    }

    /// A measured number: four digits, `nan` and `inf` spelled out.
    public static String number(double value) {
        if (Double.isNaN(value)) {
            return "nan";
        }
        if (Double.isInfinite(value)) {
            return value > 0 ? "inf" : "-inf";
        }
        double size = Math.abs(value);
        if (value == 0) {
            return "0";
        }
        if (size < 1e-3 || size >= 1e6) {
            return String.format(Locale.ROOT, "%.2e", value);
        }
        return String.format(Locale.ROOT, size < 1 ? "%.4f" : size < 10 ? "%.3f" : size < 100 ? "%.2f" : "%.1f", value);
    }

    private static String threeDigits(double amount) {
        double size = Math.abs(amount);
        return String.format(Locale.ROOT, size < 9.995 ? "%.2f" : size < 99.95 ? "%.1f" : "%.0f", amount);
    }
}
