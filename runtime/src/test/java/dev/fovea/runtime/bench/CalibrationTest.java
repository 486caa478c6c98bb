package dev.fovea.runtime.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.fovea.dsl.spec.RunSpec;
import dev.fovea.runtime.exec.ReferenceBackend;
import dev.fovea.runtime.ir.HostCall;
import dev.fovea.runtime.ir.LinearOp;
import dev.fovea.runtime.ir.PointwiseOp;
import dev.fovea.runtime.ir.TokenOp;
import dev.fovea.runtime.ir.UpdateOp;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CalibrationTest {
    private static final MachineRates MACHINE = new MachineRates("CPU", 4, 2, 512, "25", 1e11, 2e11, 4e10, 3e10);

    @TempDir
    private Path folder = Path.of("");

    private static Calibration even() {
        return new Calibration(
                MACHINE,
                Arrays.stream(Family.values())
                        .map(family -> new Calibration.Point(family, 1000, 1e-6))
                        .toList());
    }

    @Test
    void ratesAreInterpolatedBetweenSizesAndHeldOutside() {
        Calibration c = new Calibration(
                MACHINE,
                List.of(
                        new Calibration.Point(Family.PRODUCT, 1_000_000, 1e-3),
                        new Calibration.Point(Family.PRODUCT, 10_000, 1e-4),
                        new Calibration.Point(Family.NORM, 10, 10)));
        assertThat(c.rate(Family.PRODUCT, 1)).isEqualTo(1e8, within(1.0));
        assertThat(c.rate(Family.PRODUCT, 10_000)).isEqualTo(1e8, within(1.0));
        assertThat(c.rate(Family.PRODUCT, 100_000)).isEqualTo(Math.sqrt(1e8 * 1e9), within(10.0));
        assertThat(c.rate(Family.PRODUCT, 1_000_000)).isEqualTo(1e9, within(10.0));
        assertThat(c.rate(Family.PRODUCT, 1L << 40)).isEqualTo(1e9, within(10.0));
    }

    @Test
    void largeOpsAreBoundByMemoryAndHostCallsAreFree() {
        var add = OneOp.describe(x -> new PointwiseOp.Add(x.floats(4096, 4096), x.floats(4096, 4096)));
        long bytes = 12L * 4096 * 4096;
        Calibration fast = new Calibration(MACHINE, List.of(new Calibration.Point(Family.MOVING, 1000, 1e-12)));
        assertThat(fast.seconds(add)).isEqualTo(bytes / 3e10, within(1e-9));
        var small = OneOp.describe(x -> new PointwiseOp.Add(x.floats(10, 10), x.floats(10, 10)));
        assertThat(even().seconds(small)).isEqualTo(1200 / 1e9, within(1e-12));
        assertThat(even().seconds(new HostCall("f", List.of(), List.of()))).isZero();
    }

    @Test
    void theProbeMeasuresEveryFamily() {
        List<Family> measured = CalibrationProbe.ops().stream()
                .map(op -> Family.of(OneOp.describe(op)))
                .distinct()
                .toList();
        assertThat(measured).containsExactlyInAnyOrder(Family.values());
        assertThat(CalibrationProbe.ops())
                .allMatch(op -> Family.of(OneOp.describe(op)).amount(OneOp.describe(op)) > 0);
    }

    @Test
    void whatIsKnownIsNotMeasuredAgain() throws IOException {
        ProbeCache.Key key = ProbeCache.Key.of("ops-java", CalibrationProbe.VERSION, 2);
        ProbeCache cache = new ProbeCache(folder);
        assertThat(CalibrationProbe.known(folder, RunSpec.Gemm.JAVA, 2)).isEmpty();
        cache.write(key, even());
        assertThat(CalibrationProbe.of(folder, RunSpec.Gemm.JAVA, 2)).isEqualTo(even());
        assertThat(CalibrationProbe.known(folder, RunSpec.Gemm.JAVA, 1)).isEmpty();
        cache.write(key, new Calibration(MACHINE, List.of(new Calibration.Point(Family.NORM, 10, 1))));
        assertThat(CalibrationProbe.known(folder, RunSpec.Gemm.JAVA, 2)).isEmpty();
        try (Stream<Path> files = Files.walk(folder)) {
            assertThat(files.filter(Files::isRegularFile)).hasSize(1);
        }
    }

    @Test
    void bytesAreThoseThatMustMove() {
        assertThat(OpBytes.of(OneOp.describe(x -> new PointwiseOp.Add(x.floats(3, 5), x.floats(3, 5)))))
                .isEqualTo(3 * 15 * 4);
        assertThat(OpBytes.of(OneOp.describe(x -> new LinearOp.Linear(x.floats(7, 3), x.floats(5, 3), null))))
                .isEqualTo(4 * (7 * 3 + 5 * 3 + 7 * 5));
        assertThat(OpBytes.of(OneOp.describe(x -> new TokenOp.Gather(x.floats(100, 6), x.indices(100, 1, 4)))))
                .isEqualTo(4 * (2 * 24 + 4));
    }

    @Test
    void kernelsHaveNamesOfTheirOwnAndSomethingToDo() {
        List<KernelCase> cases = KernelCases.all(List.of(RunSpec.Gemm.JAVA, RunSpec.Gemm.ONEDNN));
        assertThat(cases).extracting(KernelCase::name).doesNotHaveDuplicates();
        assertThat(cases).allMatch(each -> OpBytes.of(OneOp.describe(each.op())) > 0);
        assertThat(cases.stream().filter(KernelCase::quick)).hasSizeBetween(8, cases.size() / 2);
        assertThat(KernelCases.providers()).contains(RunSpec.Gemm.JAVA);
    }

    @Test
    void oneOpRunsOnItsDataAgainAndAgain() {
        try (ReferenceBackend backend = new ReferenceBackend();
                OneOp update = OneOp.of(backend, x -> {
                    var p = x.parameter(1, 1, 3);
                    var hyper = new UpdateOp.Hyper(0.9, 0.9, 1e-8, 0, -9, 9);
                    return new UpdateOp.AdamW(
                            p,
                            x.parameter(0, 0, 3),
                            x.parameter(0, 0, 3),
                            x.constant(1, 3),
                            x.constant(0.1, 3),
                            null,
                            hyper);
                })) {
            update.run();
            double[] once = update.read();
            update.run();
            assertThat(once).hasSize(3);
            assertThat(once[0]).isLessThan(1);
            assertThat(update.read()[0]).isLessThan(once[0]);
        }
    }

    @Test
    void timingsBeginWhenTimesStopFalling() {
        long[] now = {0};
        int[] round = {0};
        Timings timings = Timings.of(
                () -> now[0] += 1_000_000L * Math.max(10, 100 - 20 * round[0]++), 5, 60, () -> now[0], _ -> {});
        assertThat(timings.warmUp()).isEqualTo(8);
        assertThat(timings.seconds()).containsOnly(0.01).hasSize(5);
    }
}
