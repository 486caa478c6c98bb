package dev.fovea.runtime.exec.cpu.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fovea.runtime.ir.Functions;
import dev.fovea.runtime.ir.PointwiseOp.GeluKind;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;

/// The polynomial functions against double precision over their whole range.
class VectorMathTest {
    private static final int COUNT = 40_000;

    private static float exp(double x) {
        float[] lanes = new float[Lanes.WIDTH];
        Arrays.fill(lanes, (float) x);
        VectorMath.exp(lanes, Lanes.WIDTH);
        return lanes[Lanes.WIDTH - 1];
    }

    private static void within(double actual, double expected, double allowed, String what, double x) {
        if (!(Math.abs(actual - expected) <= allowed)) { // the negation also catches NaN
            throw new AssertionError(what + " of " + x + " is " + actual + ", expected " + expected);
        }
    }

    @Test
    void expIsAccurateDownToTheSmallestResult() {
        int count = Math.ceilDiv(COUNT, Lanes.WIDTH) * Lanes.WIDTH;
        float[] x = new float[count];
        for (int i = 0; i < count; i++) {
            x[i] = (float) (-87.3 + i * (88 + 87.3) / count);
        }
        float[] y = x.clone();
        VectorMath.exp(y, count);
        for (int i = 0; i < count; i++) {
            within(y[i], Math.exp(x[i]), 2.5e-7 * Math.exp(x[i]), "exp", x[i]);
        }
    }

    @Test
    void expStopsAtTheSmallestResultAndKeepsNaN() {
        assertThat(exp(-1e30)).isBetween(0f, 1.3e-38f);
        assertThat(exp(Float.NEGATIVE_INFINITY)).isBetween(0f, 1.3e-38f);
        assertThat(exp(Float.NaN)).isNaN();
        assertThat(exp(0)).isEqualTo(1f);
    }

    @Test
    void geluOfExtremeInputsIsFinite() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment x = Lanes.allocate(arena, 3);
            MemorySegment y = Lanes.allocate(arena, 3);
            x.setAtIndex(Lanes.FLOAT, 0, -1e15f);
            x.setAtIndex(Lanes.FLOAT, 1, 1e15f);
            x.setAtIndex(Lanes.FLOAT, 2, Float.NaN);
            for (Kernel kernel : List.<Kernel>of(Gelu::exact, Gelu::tanh)) {
                kernel.run(y, x, 0, 3);
                assertThat(y.getAtIndex(Lanes.FLOAT, 0)).isBetween(-1e-15f, 0f);
                assertThat(y.getAtIndex(Lanes.FLOAT, 1)).isEqualTo(1e15f);
                assertThat(y.getAtIndex(Lanes.FLOAT, 2)).isNaN();
            }
        }
    }

    @Test
    void geluAndItsSlopeAreAccurate() {
        check(Gelu::exact, x -> Functions.gelu(x, GeluKind.ERF), "gelu");
        check(Gelu::tanh, x -> Functions.gelu(x, GeluKind.TANH), "tanh gelu");
        check(
                (y, x, from, to) -> Gelu.exactBackward(y, x, ones(to), from, to),
                x -> Functions.geluSlope(x, GeluKind.ERF),
                "slope of gelu");
        check(
                (y, x, from, to) -> Gelu.tanhBackward(y, x, ones(to), from, to),
                x -> Functions.geluSlope(x, GeluKind.TANH),
                "slope of tanh gelu");
    }

    /// A function of arrays, for elements `from` to `to`.
    interface Kernel {
        void run(MemorySegment y, MemorySegment x, long from, long to);
    }

    private static MemorySegment ones(long count) {
        MemorySegment ones = Lanes.allocate(Arena.ofAuto(), count);
        for (long i = 0; i < count; i++) {
            ones.setAtIndex(Lanes.FLOAT, i, 1f);
        }
        return ones;
    }

    private static void check(Kernel kernel, DoubleUnaryOperator expected, String what) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment x = Lanes.allocate(arena, COUNT + 3);
            MemorySegment y = Lanes.allocate(arena, COUNT + 3);
            for (int i = 0; i < COUNT + 3; i++) {
                x.setAtIndex(Lanes.FLOAT, i, (float) (-30 + 60.0 * i / COUNT));
            }
            kernel.run(y, x, 0, COUNT + 3);
            for (int i = 0; i < COUNT + 3; i++) {
                float at = x.getAtIndex(Lanes.FLOAT, i);
                double e = expected.applyAsDouble(at);
                within(y.getAtIndex(Lanes.FLOAT, i), e, 6e-7 + 5e-7 * Math.abs(e), what, at);
            }
        }
    }

    @Test
    void sumsHalvesOntoEachOther() {
        float[] lanes = new float[Lanes.WIDTH];
        for (int i = 0; i < lanes.length; i++) {
            lanes[i] = (float) Math.sin(i + 1) * (i % 3 == 0 ? 1e6f : 1f);
        }
        float[] folded = lanes.clone();
        for (int half = lanes.length / 2; half > 0; half /= 2) {
            for (int i = 0; i < half; i++) {
                folded[i] += folded[i + half];
            }
        }
        assertThat(VectorMath.sum(lanes)).isEqualTo(folded[0]);
    }
}
