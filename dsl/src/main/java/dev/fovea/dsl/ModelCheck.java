package dev.fovea.dsl;

import dev.fovea.dsl.spec.ModelSpec;
import dev.fovea.dsl.yaml.Findings;
import java.util.List;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/// Checks that the sizes of a model fit each other.
final class ModelCheck {
    private static final String SCALES = "model.ps3.scales";
    private static final String LAYERS = "model.ps3.select.from_layers";
    private static final String BUDGET = "model.ps3.select.max_tokens";
    private static final String PER_SCALE = "model.ps3.select.per_scale";
    private static final String FIRST_SCALES = "model.ps3.select.first_scales";
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
        highScale();
        layers();
        boolean fits = perScale();
        if (usable && fits) {
            budgets();
        }
        kernel();
        firstScales();
        positions();
        adapter();
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

    /// A model that selects patches needs a scale to select them from.
    private void highScale() {
        List<Long> scales = v.wholes(SCALES);
        String encoder = v.text("model.encoder.type");
        if (scales != null && scales.size() == 1 && "ps3".equals(encoder)) {
            findings.error(
                    v.mark(SCALES),
                    SCALES,
                    "no high scale to select patches from",
                    "add one; model.encoder: {type: anyres, grid: nearest-aspect} encodes the low scale alone");
        }
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

    /// Budgets larger than the number of patches of the scales that may give any.
    private void budgets() {
        List<Long> scales = v.wholes(SCALES);
        Long patch = v.whole("model.vision.patch");
        Long budget = v.whole(BUDGET);
        if (scales == null || patch == null || budget == null) {
            return;
        }
        List<Long> high = scales.subList(1, scales.size());
        if (high.isEmpty()) {
            return; // an error, or a baseline, which has no use for the budget
        }
        Long first = v.whole(FIRST_SCALES);
        int allowed = first == null || first == 0 ? high.size() : (int) Math.min(first, high.size());
        long available = 0;
        for (long scale : high.subList(0, allowed)) {
            available += (scale / patch) * (scale / patch);
        }
        if (available < budget) {
            findings.warning(
                    v.mark(BUDGET),
                    BUDGET,
                    "of " + budget + " tokens only " + available + " are used: the high scales have " + available
                            + " patches");
        }
    }

    private void firstScales() {
        List<Long> scales = v.wholes(SCALES);
        Long first = v.whole(FIRST_SCALES);
        if (scales != null && first != null && first > scales.size() - 1) {
            findings.error(
                    v.mark(FIRST_SCALES),
                    FIRST_SCALES,
                    first + " of " + Wording.count(scales.size() - 1, "high scale"),
                    "write all");
        }
    }

    /// A table that is cropped must cover the largest grid.
    private void positions() {
        List<Long> scales = v.wholes(SCALES);
        Long patch = v.whole("model.vision.patch");
        Long side = v.whole("model.vision.position_side");
        Object positions = v.constant("model.vision.positions");
        if (scales == null || patch == null || side == null || positions == null) {
            return;
        }
        if (positions == ModelSpec.Positions.RESAMPLE && side != 0 && side != scales.getFirst() / patch) {
            findings.error(
                    v.mark("model.vision.position_side"),
                    "model.vision.position_side",
                    "a table that is resampled has the low-resolution grid's side " + scales.getFirst() / patch,
                    "write auto, or positions: crop");
        }
        if (positions == ModelSpec.Positions.RESAMPLE) {
            return;
        }
        long largest = scales.getLast() / patch;
        long have = side == 0 ? scales.getFirst() / patch : side;
        if (have < largest) {
            findings.error(
                    v.mark("model.vision.position_side"),
                    "model.vision.position_side",
                    "a table of " + have + "x" + have + " cannot be cropped to the grid of " + largest + "x" + largest,
                    "at least " + largest);
        }
    }

    private void adapter() {
        Long heads = v.whole("model.vision.heads");
        Long out = v.whole("model.vision.adapter.out");
        if (heads != null && out != null && out % heads != 0) {
            String fit = near(out, heads, n -> n % heads == 0);
            findings.error(
                    v.mark("model.vision.adapter.out"),
                    "model.vision.adapter.out",
                    heads + " heads do not divide width " + out,
                    fit);
        }
    }

    private void kernel() {
        Long resolution = v.whole(FEATURE + ".resolution");
        Long kernel = v.whole(FEATURE + ".kernel");
        if (resolution != null && kernel != null && resolution % kernel != 0) {
            findings.warning(
                    v.mark(FEATURE + ".kernel"),
                    FEATURE + ".kernel",
                    kernel + " does not divide resolution " + resolution + ", so that " + resolution % kernel
                            + " pixels at the lower and right border are not seen");
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
