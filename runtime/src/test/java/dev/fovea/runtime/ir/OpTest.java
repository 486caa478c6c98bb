package dev.fovea.runtime.ir;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Every op: its row in the table, its gradient, its shape errors.
@org.jspecify.annotations.NullUnmarked
class OpTest {
    static List<OpCase> differentiable() {
        return OpCases.all().stream()
                .filter(c -> c.nodes().getFirst().op() instanceof Op.Differentiable)
                .toList();
    }

    @Test
    void everyOpHasARowInTheTable() {
        Set<String> seen = OpCases.all().stream()
                .flatMap(c -> c.nodes().stream())
                .map(n -> n.op().name())
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> all = new TreeSet<>();
        collect(Op.class, all);
        all.remove("HostCall");
        assertThat(seen).containsExactlyInAnyOrderElementsOf(all);
    }

    private static void collect(Class<?> type, Set<String> names) {
        if (type.isRecord()) {
            names.add(type.getSimpleName());
        } else {
            Arrays.stream(type.getPermittedSubclasses()).forEach(c -> collect(c, names));
        }
    }

    /// The vector-Jacobian product along a random direction against the central difference of the definition.
    @ParameterizedTest
    @MethodSource("differentiable")
    void gradientMatchesTheDefinition(OpCase c) {
        Op.Differentiable op = (Op.Differentiable) c.nodes().getFirst().op();
        Map<Value, double[]> all = c.evaluate();
        Value dy = c.builder().nodes().isEmpty() ? null : gradientInput(c);
        List<Value> gradients = gradientsOf(c, op, dy);
        SplittableRandom random = new SplittableRandom(c.seed());
        for (int i = 0; i < op.inputs().size(); i++) {
            if (gradients.get(i) == null) {
                continue;
            }
            double[] x = all.get(op.inputs().get(i)), direction = new double[x.length];
            Arrays.setAll(direction, _ -> random.nextGaussian());
            double h = 1e-6;
            double numeric = (along(c, op, dy, i, direction, h) - along(c, op, dy, i, direction, -h)) / (2 * h);
            double exact = 0, magnitude = 0;
            double[] gradient = all.get(gradients.get(i));
            for (int e = 0; e < x.length; e++) {
                exact += gradient[e] * direction[e];
                magnitude += Math.abs(gradient[e] * direction[e]);
            }
            double allowed = 1e-8 + 2e-6 * (magnitude + Math.abs(exact));
            assertThat(Math.abs(exact - numeric))
                    .as("%s, input %s: gradient %s, difference %s", c, i, exact, numeric)
                    .isLessThanOrEqualTo(allowed);
        }
    }

    /// The output gradient of a case is the last input made.
    private static Value gradientInput(OpCase c) {
        return c.data().keySet().stream()
                .max((a, b) -> Integer.compare(a.id(), b.id()))
                .orElseThrow();
    }

    /// The values that hold the gradient of each input, found by asking the op again.
    private static List<Value> gradientsOf(OpCase c, Op.Differentiable op, Value dy) {
        GraphBuilder b = new GraphBuilder();
        List<Value> dys = new ArrayList<>(
                Arrays.asList(new Value[c.nodes().getFirst().outputs().size()]));
        dys.set(0, dy);
        List<Value> asked = op.gradient(b, c.nodes().getFirst().outputs(), dys);
        Map<Value, Value> same = new HashMap<>();
        for (int n = 0; n < b.nodes().size(); n++) {
            for (int j = 0; j < b.nodes().get(n).outputs().size(); j++) {
                same.put(
                        b.nodes().get(n).outputs().get(j),
                        c.nodes().get(n + 1).outputs().get(j));
            }
        }
        List<Value> found = new ArrayList<>();
        asked.forEach(v -> found.add(v == null || v.equals(dy) ? v : same.get(v)));
        return found;
    }

    private static double along(OpCase c, Op op, Value dy, int input, double[] direction, double h) {
        double[][] in = op.inputs().stream().map(c.data()::get).toArray(double[][]::new);
        in[input] = in[input].clone();
        for (int e = 0; e < direction.length; e++) {
            in[input][e] += h * direction[e];
        }
        double[][] out =
                op.outputShapes().stream().map(s -> new double[s.elements()]).toArray(double[][]::new);
        op.evaluate(in, out);
        double sum = 0;
        for (int e = 0; e < out[0].length; e++) {
            sum += out[0][e] * c.data().get(dy)[e];
        }
        return sum;
    }

    @Test
    void erfIsAccurate() {
        assertThat(Functions.erf(0.5)).isCloseTo(0.5204998778130465, within(1e-15));
        assertThat(Functions.erf(-2.5 + 1e-12)).isCloseTo(-0.9995930479825550, within(1e-13));
        assertThat(Functions.erf(2.5)).isCloseTo(0.9995930479825550, within(1e-15));
        assertThat(Functions.erf(3)).isCloseTo(0.9999779095030014, within(1e-15));
    }

    private static org.assertj.core.data.Offset<Double> within(double d) {
        return org.assertj.core.data.Offset.offset(d);
    }
}
