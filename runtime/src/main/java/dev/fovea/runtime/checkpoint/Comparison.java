package dev.fovea.runtime.checkpoint;

import java.util.ArrayList;
import java.util.List;

/// Two checkpoints side by side, under the model's parameter names, whatever their layouts.
///
/// @param onlyFirst parameters that the first has alone, with shapes
/// @param onlySecond parameters that the second has alone, with shapes
/// @param reshaped parameters with two shapes
/// @param tensors parameters that both have in one shape
public record Comparison(List<String> onlyFirst, List<String> onlySecond, List<String> reshaped, List<Tensor> tensors) {
    private static final int CHUNK = 1 << 20;

    /// Copies the lists.
    public Comparison {
        onlyFirst = List.copyOf(onlyFirst);
        onlySecond = List.copyOf(onlySecond);
        reshaped = List.copyOf(reshaped);
        tensors = List.copyOf(tensors);
    }

    /// How far a parameter of one checkpoint is from that of the other.
    ///
    /// @param largest largest absolute difference; NaN if only one of two elements is not a number
    /// @param differing elements that are not equal
    public record Tensor(String name, long elements, double largest, long differing) {}

    /// Whether both hold the same numbers under the same names.
    public boolean same() {
        return onlyFirst.isEmpty()
                && onlySecond.isEmpty()
                && reshaped.isEmpty()
                && tensors.stream().allMatch(t -> t.differing == 0);
    }

    /// Compares, a million elements at a time.
    ///
    /// @throws dev.fovea.dsl.run.StoreException if a file cannot be read
    public static Comparison of(PretrainedModel first, PretrainedModel second) {
        var a = first.weights();
        var b = second.weights();
        Difference difference = new Difference();
        difference.compare(a, second.parameters());
        List<Tensor> tensors = new ArrayList<>();
        a.forEach((name, weight) -> {
            Weight other = b.get(name);
            if (other != null && !difference.reshaped().contains(name)) {
                tensors.add(compare(name, first, weight, second, other));
            }
        });
        return new Comparison(
                List.copyOf(difference.extra()),
                List.copyOf(difference.missing()),
                List.copyOf(difference.reshaped()),
                tensors);
    }

    private static Tensor compare(String name, PretrainedModel first, Weight a, PretrainedModel second, Weight b) {
        long elements = Weight.product(a.shape()), differing = 0;
        double largest = 0;
        for (long done = 0; done < elements; done += CHUNK) {
            int part = (int) Math.min(CHUNK, elements - done);
            float[] x = new float[part], y = new float[part];
            first.floats(a, done, x);
            second.floats(b, done, y);
            for (int i = 0; i < part; i++) {
                boolean equal = x[i] == y[i] || (Float.isNaN(x[i]) && Float.isNaN(y[i]));
                if (!equal) {
                    differing++;
                    largest = Math.max(largest, Math.abs((double) x[i] - y[i]));
                }
            }
        }
        return new Tensor(name, elements, largest, differing);
    }
}
