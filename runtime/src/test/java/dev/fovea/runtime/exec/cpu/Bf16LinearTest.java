package dev.fovea.runtime.exec.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.fovea.dsl.spec.PrecisionSpec;
import dev.fovea.dsl.spec.RunSpec;
import dev.fovea.runtime.exec.Backend;
import dev.fovea.runtime.exec.ReferenceBackend;
import dev.fovea.runtime.exec.Session;
import dev.fovea.runtime.exec.Store;
import dev.fovea.runtime.exec.cpu.kernel.Bfloat16;
import dev.fovea.runtime.ir.DType;
import dev.fovea.runtime.ir.GraphBuilder;
import dev.fovea.runtime.ir.LinearOp;
import dev.fovea.runtime.ir.Shape;
import dev.fovea.runtime.ir.Value;
import dev.fovea.runtime.plan.MemoryPlanner;
import dev.fovea.runtime.plan.Program;
import dev.fovea.runtime.plan.Segmenter;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Linear layers with bfloat16 against the definition in double on operands that are rounded beforehand.
class Bf16LinearTest {
    private static final int ROWS = 307;
    private static final int INPUTS = 93;
    private static final int OUTPUTS = 203;
    private static final double WIDEST = Math.max(ROWS, Math.max(INPUTS, OUTPUTS));

    private final GraphBuilder b = new GraphBuilder();
    private final Value x = b.input("x", DType.F32, Shape.of(ROWS, INPUTS));
    private final Value w = b.input("w", DType.F32, Shape.of(OUTPUTS, INPUTS));
    private final Value p = b.input("p", DType.F32, Shape.of(INPUTS, OUTPUTS));
    private final Value bias = b.input("bias", DType.F32, Shape.of(OUTPUTS));
    private final Value dy = b.input("dy", DType.F32, Shape.of(ROWS, OUTPUTS));
    private final List<Value> results = List.of(
            b.add(new LinearOp.Linear(x, w, bias)),
            b.add(new LinearOp.Linear(x, w, null)),
            b.add(new LinearOp.Project(x, p)),
            b.add(new LinearOp.LinearBackwardInput(dy, w)),
            b.add(new LinearOp.LinearBackwardWeight(x, dy, w.shape())));

    private final Program program;

    Bf16LinearTest() {
        results.forEach(v -> b.result("value" + v.id(), v));
        program = Segmenter.split(b.build());
    }

    /// @param rounding of all inputs but the bias
    private Map<Value, double[]> run(Backend backend, DoubleUnaryOperator rounding) {
        Map<Value, double[]> read = new LinkedHashMap<>();
        SplittableRandom random = new SplittableRandom(11);
        try (Store store = backend.store();
                Session session = backend.compile(program, MemoryPlanner.plan(program), Map.of(), store)) {
            for (Value input : List.of(x, w, p, bias, dy)) {
                double[] values = random.doubles(input.shape().elements(), -1, 1)
                        .map(v -> (float) v)
                        .map(input.equals(bias) ? v -> v : rounding)
                        .toArray();
                session.write(input, values);
            }
            session.run();
            results.forEach(v -> read.put(v, session.read(v)));
        }
        return read;
    }

    private Map<Value, double[]> cpu(int threads, RunSpec.Gemm provider) {
        try (Backend backend = new CpuBackend(threads, provider, PrecisionSpec.Compute.BF16)) {
            return run(backend, v -> v);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = RunSpec.Gemm.class,
            names = {"JAVA", "AUTO"})
    void operandsAreRoundedAndNothingElse(RunSpec.Gemm provider) {
        Map<Value, double[]> expected;
        try (Backend reference = new ReferenceBackend()) {
            expected = run(reference, v -> Bfloat16.round((float) v));
        }
        Map<Value, double[]> found = cpu(2, provider);
        expected.forEach((value, wanted) -> {
            double[] actual = Objects.requireNonNull(found.get(value));
            for (int i = 0; i < wanted.length; i++) {
                assertThat(actual[i])
                        .as("%s %s: element %d", provider, value, i)
                        .isCloseTo(wanted[i], within(1e-6 * WIDEST));
            }
        });
    }

    @ParameterizedTest
    @EnumSource(
            value = RunSpec.Gemm.class,
            names = {"JAVA", "AUTO"})
    void theNumberOfThreadsChangesNothing(RunSpec.Gemm provider) {
        Map<Value, double[]> one = cpu(1, provider);
        for (int threads : new int[] {2, 3, 5}) {
            cpu(threads, provider)
                    .forEach((value, found) -> assertThat(Arrays.equals(found, one.get(value)))
                            .as("%s: %s with %d threads", provider, value, threads)
                            .isTrue());
        }
    }
}
