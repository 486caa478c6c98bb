package dev.fovea.reports.plot;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// A linear or logarithmic axis whose ends are nice numbers outside the data.
///
/// @param low value at the start
/// @param high value at the end, above `low`
/// @param ticks values with a label, ascending, from `low` to `high`
/// @param labels text of each tick
record Axis(boolean logarithmic, double low, double high, List<Double> ticks, List<String> labels) {
    /// Linear axis over [low, high] with about `wanted` steps of 1, 2 or 5 times a power of ten.
    static Axis linear(double low, double high, int wanted) {
        if (!(low <= high) || Double.isInfinite(low) || Double.isInfinite(high)) {
            return linear(0, 1, wanted);
        }
        if (high - low <= Math.ulp(Math.max(Math.abs(low), Math.abs(high))) * 16) {
            double margin = low == 0 ? 1 : Math.abs(low) * 0.1;
            return linear(low - margin, high + margin, wanted);
        }
        double step = niceStep((high - low) / wanted);
        long first = (long) Math.floor(low / step + 1e-9);
        long last = (long) Math.ceil(high / step - 1e-9);
        List<Double> ticks = new ArrayList<>();
        for (long i = first; i <= last; i++) {
            ticks.add(i * step);
        }
        return new Axis(false, first * step, last * step, ticks, labels(ticks, step));
    }

    /// Linear axis that ends with the data instead of a tick; for positions along the bottom.
    static Axis tight(double low, double high, int wanted) {
        Axis nice = linear(low, high, wanted);
        if (!(high > low)) {
            return nice;
        }
        List<Double> ticks = new ArrayList<>();
        List<String> labels = new ArrayList<>();
        for (int i = 0; i < nice.ticks.size(); i++) {
            double tick = nice.ticks.get(i);
            if (tick >= low - (high - low) * 1e-9 && tick <= high + (high - low) * 1e-9) {
                ticks.add(tick);
                labels.add(nice.labels.get(i));
            }
        }
        return new Axis(false, low, high, ticks, labels);
    }

    /// Logarithmic axis with these ticks and a little room around them: few positions, as of a study's arms.
    ///
    /// @param positions ascending, all above zero
    static Axis at(List<Double> positions) {
        double margin = Math.pow(positions.getLast() / positions.getFirst(), 0.06);
        List<String> labels = positions.stream()
                .map(p -> p == Math.rint(p) ? String.valueOf(Math.round(p)) : String.valueOf(p))
                .toList();
        return new Axis(true, positions.getFirst() / margin, positions.getLast() * margin, positions, labels);
    }

    /// Logarithmic axis over whole decades around [low, high], both above zero.
    static Axis logarithmic(double low, double high) {
        int first = (int) Math.floor(Math.log10(low) + 1e-9);
        int last = Math.max(first + 1, (int) Math.ceil(Math.log10(high) - 1e-9));
        int stride = Math.max(1, (last - first) / 6);
        List<Double> ticks = new ArrayList<>();
        List<String> labels = new ArrayList<>();
        for (int i = first; i <= last; i += stride) {
            ticks.add(Math.pow(10, i));
            labels.add(label(Math.pow(10, i), Math.pow(10, i), Math.pow(10, i)));
        }
        return new Axis(true, Math.pow(10, first), Math.pow(10, last), ticks, labels);
    }

    /// Position of a value between the ends, 0 to 1.
    double share(double value) {
        return logarithmic
                ? (Math.log10(value) - Math.log10(low)) / (Math.log10(high) - Math.log10(low))
                : (value - low) / (high - low);
    }

    private static double niceStep(double raw) {
        double power = Math.pow(10, Math.floor(Math.log10(raw)));
        double head = raw / power * (1 - 1e-9);
        return (head <= 1 ? 1 : head <= 2 ? 2 : head <= 5 ? 5 : 10) * power;
    }

    private static List<String> labels(List<Double> ticks, double step) {
        double largest = Math.max(Math.abs(ticks.getFirst()), Math.abs(ticks.getLast()));
        return ticks.stream().map(tick -> label(tick, step, largest)).toList();
    }

    private static String label(double tick, double step, double largest) {
        if (Math.abs(tick) < step / 2) {
            return "0";
        }
        if (largest >= 1e13 || largest < 1e-3) {
            int exponent = (int) Math.floor(Math.log10(largest) + 1e-9);
            return decimals(tick / Math.pow(10, exponent), step / Math.pow(10, exponent)) + "e" + exponent;
        }
        String[] units = {"", "k", "M", "G", "T"};
        int unit = largest < 1e4 ? 0 : (int) Math.min(4, Math.floor(Math.log10(largest) / 3 + 1e-9));
        double scale = Math.pow(1000, unit);
        return decimals(tick / scale, step / scale) + units[unit];
    }

    private static String decimals(double value, double step) {
        int places = (int) Math.max(0, Math.ceil(-Math.log10(step) - 1e-9));
        return String.format(Locale.ROOT, "%." + Math.min(places, 12) + "f", value)
                .replace('-', '−');
    }
}
