package dev.fovea.dsl;

import dev.fovea.dsl.yaml.Findings;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/// Checks that the sizes of a model fit each other.
final class ModelCheck {
    private static final String SCALES = "model.ps3.scales";
    private static final String LAYERS = "model.ps3.select.from_layers";
    private static final String BUDGET = "model.ps3.select.max_tokens";
    private static final String PER_SCALE = "model.ps3.select.per_scale";
    private static final String FEATURE = "model.ps3.select.highres_feature";

    private final Values v;
    private final Findings findings;

    ModelCheck(Values values, Findings findings) {
        this.v = values;
        this.findings = findings;
    }

    void check() {
        heads("model.vision");
        heads("model.text");
        boolean usable = scales();
        layers();
        boolean fits = perScale();
        if (usable && fits) {
            budgets();
        }
        kernel();
    }

    private void heads(String tower) {
        Long width = v.whole(tower + ".width");
        Long heads = v.whole(tower + ".heads");
        if (width != null && heads != null && width % heads != 0) {
            String fit = near(heads, 1, n -> width % n == 0);
            findings.error(
                    v.mark(tower + ".heads"), tower + ".heads", heads + " heads do not divide width " + width, fit);
        }
    }

    /// Returns whether patch counts can be worked out.
    private boolean scales() {
        List<Long> scales = v.wholes(SCALES);
        Long patch = v.whole("model.vision.patch");
        boolean usable = scales != null && patch != null;
        for (int i = 0; scales != null && i < scales.size(); i++) {
            long scale = scales.get(i);
            if (i > 0 && scale <= scales.get(i - 1)) {
                usable = false;
                scaleError(i, scale + " does not come after " + scales.get(i - 1), "scales ascend");
            } else if (patch != null && scale % patch != 0) {
                usable = false;
                scaleError(
                        i,
                        scale + " is not a multiple of model.vision.patch " + patch,
                        near(scale, patch, n -> n % patch == 0));
            } else if (i > 0 && scale % scales.getFirst() != 0) {
                long low = scales.getFirst();
                scaleError(
                        i, scale + " is not a multiple of the low scale " + low, near(scale, low, n -> n % low == 0));
            }
        }
        return usable;
    }

    private void scaleError(int index, String message, @Nullable String hint) {
        findings.error(v.mark(SCALES, index), SCALES + "[" + index + "]", message, hint);
    }

    private void layers() {
        List<Long> layers = v.wholes(LAYERS);
        Long depth = v.whole("model.vision.depth");
        for (int i = 0; layers != null && i < layers.size(); i++) {
            String path = LAYERS + "[" + i + "]";
            if (depth != null && layers.get(i) >= depth) {
                findings.error(
                        v.mark(LAYERS, i),
                        path,
                        "there is no block " + layers.get(i) + ": model.vision.depth is " + depth,
                        "blocks are 0 to " + (depth - 1));
            }
            if (i > 0 && layers.get(i) <= layers.get(i - 1)) {
                findings.error(
                        v.mark(LAYERS, i),
                        path,
                        layers.get(i) + " does not come after " + layers.get(i - 1),
                        "blocks ascend");
            }
        }
    }

    private boolean perScale() {
        List<Long> perScale = v.wholes(PER_SCALE);
        List<Long> scales = v.wholes(SCALES);
        Long budget = v.whole(BUDGET);
        if (perScale == null || scales == null || budget == null) {
            return v.has(PER_SCALE) && scales != null && budget != null;
        }
        if (perScale.size() != scales.size() - 1) {
            findings.error(
                    v.mark(PER_SCALE),
                    PER_SCALE,
                    Wording.count(perScale.size(), "budget") + " for " + Wording.count(scales.size() - 1, "high scale"),
                    "give one for each of " + scales.subList(1, scales.size()));
            return false;
        }
        long sum = 0;
        for (long share : perScale) {
            sum += share;
        }
        if (sum != budget) {
            findings.error(
                    v.mark(PER_SCALE),
                    PER_SCALE,
                    "adds up to " + sum + ", but max_tokens is " + budget,
                    "make them equal");
            return false;
        }
        return true;
    }

    /// Budgets larger than the number of patches: what is left moves to the next scale, and is lost at the last.
    private void budgets() {
        List<Long> scales = v.wholes(SCALES);
        Long patch = v.whole("model.vision.patch");
        Long budget = v.whole(BUDGET);
        if (scales == null || patch == null || budget == null) {
            return;
        }
        List<Long> given = v.wholes(PER_SCALE);
        List<Long> high = scales.subList(1, scales.size());
        List<Long> budgets = given == null ? shared(budget, high) : given;
        long used = 0;
        long left = 0;
        long available = 0;
        for (int i = 0; i < high.size(); i++) {
            long patches = (high.get(i) / patch) * (high.get(i) / patch);
            long wanted = budgets.get(i) + left;
            used += Math.min(wanted, patches);
            left = wanted - Math.min(wanted, patches);
            available += patches;
        }
        if (used < budget) {
            String message = "of " + budget + " tokens only " + used + " are used: the high scales have " + available
                    + " patches";
            findings.warning(
                    v.mark(BUDGET),
                    BUDGET,
                    used == available ? message : message + ", and budgets move only to higher scales");
        }
    }

    /// The shares of `auto`: in proportion to pixels, rounded down, the rest to the last scale (ps3-spec 1.5).
    private static List<Long> shared(long budget, List<Long> high) {
        double pixels = 0;
        for (long scale : high) {
            pixels += (double) scale * scale;
        }
        List<Long> budgets = new ArrayList<>();
        long rest = budget;
        for (int i = 0; i < high.size(); i++) {
            double square = (double) high.get(i) * high.get(i);
            long share = i == high.size() - 1 ? rest : (long) Math.floor(budget * square / pixels);
            budgets.add(share);
            rest -= share;
        }
        return budgets;
    }

    private void kernel() {
        Long resolution = v.whole(FEATURE + ".resolution");
        Long kernel = v.whole(FEATURE + ".kernel");
        if (resolution != null && kernel != null && resolution % kernel != 0) {
            String fit = near(kernel, 1, n -> resolution % n == 0);
            findings.error(
                    v.mark(FEATURE + ".kernel"),
                    FEATURE + ".kernel",
                    kernel + " does not divide resolution " + resolution,
                    fit);
        }
    }

    /// `4 or 8 would`: the nearest numbers below and above that fit, among the multiples of `step`.
    private static @Nullable String near(long value, long step, LongPredicate fits) {
        long below = value / step * step;
        while (below > 0 && !(fits.test(below) && below < value)) {
            below -= step;
        }
        long above = value / step * step + step;
        long limit = value * 4 + step;
        while (above <= limit && !fits.test(above)) {
            above += step;
        }
        if (below <= 0 && above > limit) {
            return null;
        }
        return below <= 0 ? above + " would" : above > limit ? below + " would" : below + " or " + above + " would";
    }
}
