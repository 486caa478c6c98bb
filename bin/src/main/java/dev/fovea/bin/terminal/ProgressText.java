package dev.fovea.bin.terminal;

import dev.fovea.runtime.train.RunListener.Named;
import dev.fovea.runtime.train.RunListener.StepReport;
import java.util.ArrayList;
import java.util.List;

/// How the state of a run reads as one line.
final class ProgressText {
    private static final int BAR = 16;

    private ProgressText() {}

    /// All there is to say, for a log.
    static String full(StepReport report) {
        return String.join("  ", parts(report));
    }

    /// As much as fits. The bar goes first, then the parts of the loss, memory, and the rate; the rest is cut.
    ///
    /// @param columns most characters of the line
    static String fitted(StepReport report, int columns, boolean unicode) {
        List<String> parts = new ArrayList<>(parts(report));
        String bar = bar(report.step(), report.totalSteps(), unicode);
        parts.add(1, bar);
        if (length(parts) > columns) {
            parts.remove(1);
        }
        for (int part = report.losses().size(); part > 1 && length(parts) > columns; part--) {
            parts.remove(part);
        }
        if (length(parts) > columns && report.memoryBytes() > 0) {
            parts.remove(Quantities.bytes(report.memoryBytes()));
        }
        if (length(parts) > columns) {
            parts.remove(rate(report));
        }
        return cut(String.join("  ", parts), columns);
    }

    /// A stretch of other work, such as `evaluating 12/64`.
    static String other(String what, long done, long total) {
        return total > 0 ? what + " " + done + "/" + total : done > 0 ? what + " " + done : what + " ...";
    }

    /// The first `columns` characters.
    static String cut(String text, int columns) {
        if (text.codePointCount(0, text.length()) <= columns) {
            return text;
        }
        return text.substring(0, text.offsetByCodePoints(0, columns));
    }

    private static List<String> parts(StepReport report) {
        List<String> parts = new ArrayList<>();
        String total = Long.toString(report.totalSteps());
        String step = Long.toString(report.step());
        parts.add("step " + " ".repeat(Math.max(0, total.length() - step.length())) + step + "/" + total);
        for (Named loss : report.losses()) {
            parts.add(loss.name() + " " + Quantities.number(loss.value()));
        }
        parts.add(rate(report));
        if (report.memoryBytes() > 0) {
            parts.add(Quantities.bytes(report.memoryBytes()));
        }
        parts.add(Quantities.time(report.secondsLeft()) + " left");
        return parts;
    }

    private static String rate(StepReport report) {
        return Quantities.perSecond(report.imagesPerSecond()).replace("/", " images/");
    }

    private static int length(List<String> parts) {
        String line = String.join("  ", parts);
        return line.codePointCount(0, line.length());
    }

    private static String bar(long done, long total, boolean unicode) {
        int filled = total <= 0 ? 0 : Math.clamp(done * BAR / total, 0, BAR);
        return unicode ? "━".repeat(filled) + "╌".repeat(BAR - filled) : "#".repeat(filled) + ".".repeat(BAR - filled);
    }
}
