package dev.fovea.runtime.exec.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fovea.runtime.exec.cpu.kernel.Allocation;
import dev.fovea.runtime.ir.Node;
import dev.fovea.runtime.ir.OpCase;
import dev.fovea.runtime.ir.OpCases;
import dev.fovea.runtime.ir.Value;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Every op of the table on the CPU backend against its own definition in double.
@NullUnmarked
class CpuOpsTest {
    static List<OpCase> cases() {
        return OpCases.all();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void matchesTheDefinition(OpCase c) {
        Map<Value, double[]> expected = c.evaluate();
        try (OpRun run = new OpRun(c, 2)) {
            run.run();
            Map<Value, double[]> actual = run.read();
            for (Node n : c.nodes()) {
                n.outputs().forEach(v -> assertClose(actual.get(v), expected.get(v), n.op().name() + " of " + c));
            }
        }
    }

    /// Additions are taken into account by the largest element: errors of sums grow with it.
    private static void assertClose(double[] actual, double[] expected, String what) {
        double largest =
                Math.max(1, Arrays.stream(expected).map(Math::abs).max().orElse(0));
        for (int i = 0; i < expected.length; i++) {
            double allowed = 1e-6 * largest + 1e-5 * Math.abs(expected[i]);
            if (!(Math.abs(expected[i] - actual[i]) <= allowed)) { // the negation also catches NaN
                throw new AssertionError(
                        what + ": element " + i + " is " + actual[i] + ", expected " + expected[i] + " +- " + allowed);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void givesTheSameBitsOnThreeThreadsAndAgain(OpCase c) {
        try (OpRun alone = new OpRun(c, 1);
                OpRun together = new OpRun(c, 3)) {
            alone.run();
            together.run();
            together.run();
            Map<Value, double[]> again = together.read();
            alone.read()
                    .forEach((v, data) -> assertThat(Arrays.equals(again.get(v), data))
                            .as("%s of %s has the same bits", v, c)
                            .isTrue());
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void allocatesNothing(OpCase c) {
        try (OpRun run = new OpRun(c, 1)) {
            Allocation.assertNone(c.toString(), run::run);
        }
    }
}
