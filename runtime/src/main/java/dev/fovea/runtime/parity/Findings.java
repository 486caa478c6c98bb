package dev.fovea.runtime.parity;

import dev.fovea.runtime.ir.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/// Collects the comparisons of one case. Every recorded output must be handed over once; [#close] turns those that
/// were not into failures.
public final class Findings {
    private final GoldenCase golden;
    private final List<Finding> list = new ArrayList<>();
    private final Set<String> seen = new LinkedHashSet<>();

    /// Nothing found yet.
    public Findings(GoldenCase golden) {
        this.golden = golden;
    }

    /// The case in question.
    public GoldenCase golden() {
        return golden;
    }

    /// Whether an output of this name is recorded.
    public boolean wants(String output) {
        return golden.outputs().contains(output);
    }

    /// Compares all elements with a recorded output, within its recorded tolerance. An output that is not recorded
    /// is ignored, so that checks may offer all that they compute.
    public void check(String output, double[] actual) {
        check(output, actual, new boolean[0]);
    }

    /// Whether this output has been compared or accounted for.
    public boolean checked(String output) {
        return seen.contains(output);
    }

    /// [#check(String, double\[\])] for a value of a graph: dimensions must agree, those of size 1 aside.
    ///
    /// @param results what [ParityGraph#run] read
    public void check(String output, Value value, Map<Value, double[]> results) {
        long[] dims = Arrays.stream(value.shape().dims()).asLongStream().toArray();
        if (!wants(output) || guarded(output, () -> agree(output, dims))) {
            check(output, of(value, results));
        }
    }

    private void agree(String output, long[] dims) {
        long[] recorded = golden.output(output).shape();
        if (!Arrays.equals(squeezed(dims), squeezed(recorded))) {
            throw new GoldenException("shape " + Arrays.toString(dims) + ", recorded " + Arrays.toString(recorded));
        }
    }

    private static long[] squeezed(long[] shape) {
        return Arrays.stream(shape).filter(d -> d != 1).toArray();
    }

    /// The elements of a value among those that were read.
    static double[] of(Value value, Map<Value, double[]> results) {
        return Objects.requireNonNull(results.get(value), () -> value + " was not read");
    }

    /// Compares the elements that are not skipped.
    ///
    /// @param skipped true where an element is arbitrary in the reference; empty for none
    public void check(String output, double[] actual, boolean[] skipped) {
        if (!wants(output)) {
            return;
        }
        seen.add(output);
        guarded(output, () -> compare(output, actual, skipped));
    }

    private void compare(String output, double[] actual, boolean[] skipped) {
        GoldenCase.Values expected = golden.output(output);
        double atol = golden.atol(output);
        if (actual.length != expected.data().length) {
            throw new GoldenException(actual.length + " elements, recorded shape " + Arrays.toString(expected.shape()));
        }
        Difference d = Difference.of(actual, expected, skipped, atol);
        add(output, d.wrong() == 0, d.worst(), atol, d.text());
    }

    /// Whether `test` ran; what makes it impossible is a failure of this output alone.
    private boolean guarded(String output, Runnable test) {
        try {
            test.run();
            return true;
        } catch (GoldenException e) {
            fail(output, "" + e.getMessage());
            return false;
        }
    }

    /// Records a test that is not an element-wise comparison, such as a relative norm. It does not stand for the
    /// comparison of an output; use [#accountFor] for that.
    ///
    /// @param detail what was measured, shown where it fails
    public void measure(String tensor, double worst, double allowed, String detail) {
        boolean passed = worst <= allowed;
        add(tensor, passed, worst, allowed, passed ? "" : detail);
    }

    /// An output that is used instead of compared, such as a mask of elements to compare.
    public void accountFor(String output, String how) {
        if (wants(output) && seen.add(output)) {
            add(output, true, 0, 0, how);
        }
    }

    /// An output, or any other part of the case, that does not hold.
    public void fail(String tensor, String why) {
        seen.add(tensor);
        add(tensor, false, Double.NaN, allowed(tensor), why);
    }

    private double allowed(String tensor) {
        try {
            return wants(tensor) ? golden.atol(tensor) : Double.NaN;
        } catch (GoldenException e) {
            return Double.NaN;
        }
    }

    /// All findings; outputs that nobody handed over, and stored tensors that config.json does not describe, have
    /// become failures.
    public List<Finding> close() {
        for (String output : golden.outputs()) {
            if (!seen.contains(output)) {
                fail(output, "recorded, but not computed by the checker");
            }
        }
        guarded("outputs.safetensors", this::closeStored);
        if (list.isEmpty()) {
            fail("outputs", "the case records no output");
        }
        return List.copyOf(list);
    }

    private void closeStored() {
        for (String stored : golden.storedOutputs()) {
            if (!golden.outputs().contains(stored)) {
                fail(stored, "stored in outputs.safetensors, but without shape and tolerance in config.json");
            }
        }
    }

    private void add(String tensor, boolean passed, double worst, double allowed, String detail) {
        list.add(new Finding(tensor, passed, worst, allowed, detail));
    }
}
