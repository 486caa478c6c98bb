package dev.fovea.runtime.bench;

import dev.fovea.dsl.spec.ExperimentSpec;
import dev.fovea.runtime.exec.Backend;
import dev.fovea.runtime.exec.Session;
import dev.fovea.runtime.exec.Store;
import dev.fovea.runtime.train.Compiled;
import dev.fovea.runtime.train.Programs;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/// Times whole steps of a spec: the very program of a run, on made-up numbers that are written once, so that
/// reading, decoding and resizing pictures have no part in it.
///
/// Steps are run until their time stops falling (a JVM compiles while it runs), then the samples are taken. A step's
/// time is that of its ops together; telling them apart costs some 50 ns each.
public final class StepBench {
    /// Fewest steps before the first sample.
    static final int LEAST_WARM_UP = 3;

    private static final int MOST_WARM_UP = 30;
    private static final double STILL_FALLING = 0.98;
    private static final int LEAST_SAMPLES = 3;
    private static final int PATIENCE = 2;

    private StepBench() {}

    /// How to time.
    ///
    /// @param samples steps to take the median of
    /// @param seconds after which no further sample is begun, as long as there are three; half of it bounds the
    ///     warm-up
    /// @param clock in nanoseconds
    public record Settings(int samples, double seconds, LongSupplier clock) {
        /// @throws IllegalArgumentException if there is no sample
        public Settings {
            if (samples < 1) {
                throw new IllegalArgumentException("a median of " + samples + " samples");
            }
        }

        /// By the wall clock.
        public Settings(int samples, double seconds) {
            this(samples, seconds, System::nanoTime);
        }
    }

    /// Times a step of training.
    ///
    /// @throws dev.fovea.runtime.train.RunException if the spec does not compile
    public static StepTimes run(ExperimentSpec spec, StepPlan.Mode mode, Backend backend, Settings settings) {
        Programs programs = new Programs(spec);
        StepPlan plan = StepPlan.of(spec, StepPlan.planned(programs, mode));
        try (Store store = backend.store();
                Compiled program = compiled(programs, mode, backend, store)) {
            SyntheticInputs.parameters(programs.parameters(), store);
            SyntheticInputs.write(
                    program.graph(), program.session(), spec.model().text().vocab());
            return new Timing(program.session(), plan, settings).times(backend.describe());
        }
    }

    private static Compiled compiled(Programs programs, StepPlan.Mode mode, Backend backend, Store store) {
        return switch (mode) {
            case TRAINING -> programs.training(backend, store);
            case FORWARD -> programs.evaluation(backend, store);
        };
    }

    /// The samples of one session.
    private static final class Timing {
        private final Session session;
        private final StepPlan plan;
        private final Settings settings;
        private final List<Double> steps = new ArrayList<>();
        private final Map<String, List<Double>> byKind = new LinkedHashMap<>();

        Timing(Session session, StepPlan plan, Settings settings) {
            this.session = session;
            this.plan = plan;
            this.settings = settings;
        }

        StepTimes times(String backend) {
            double first = step();
            int warmUp = 1 + warmUp(first);
            steps.clear();
            byKind.clear();
            long start = settings.clock().getAsLong();
            while (steps.size() < settings.samples()
                    && (steps.size() < LEAST_SAMPLES || since(start) < settings.seconds())) {
                step();
            }
            Quartiles q = quartiles(steps);
            long peak = PeakMemory.bytes();
            return new StepTimes(
                    timed(plan), q.median(), q.low(), q.high(), steps.size(), warmUp, first, peak, backend);
        }

        /// Steps until the best time has not fallen for a while.
        private int warmUp(double first) {
            double best = first, spent = 0;
            int count = 0, idle = 0;
            while (count + 1 < LEAST_WARM_UP
                    || idle < PATIENCE && count < MOST_WARM_UP && spent < settings.seconds() / 2) {
                double time = step();
                idle = time < STILL_FALLING * best ? 0 : idle + 1;
                best = Math.min(best, time);
                spent += time;
                count++;
            }
            return count;
        }

        private double since(long start) {
            return (settings.clock().getAsLong() - start) * 1e-9;
        }

        private double step() {
            Map<String, Long> totals = new LinkedHashMap<>();
            session.run(settings.clock(), (node, time) -> totals.merge(OpKind.keyOf(node), time, Long::sum));
            double sum = 0;
            for (var total : totals.entrySet()) {
                double seconds = total.getValue() * 1e-9;
                byKind.computeIfAbsent(total.getKey(), _ -> new ArrayList<>()).add(seconds);
                sum += seconds;
            }
            steps.add(sum);
            return sum;
        }

        private StepPlan timed(StepPlan p) {
            List<OpKind> kinds = p.kinds().stream()
                    .map(k -> k.taking(quartiles(byKind.getOrDefault(k.key(), List.of(0.0)))
                            .median()))
                    .toList();
            return new StepPlan(
                    p.scales(), p.lowTokens(), p.highTokens(), p.highPatches(), p.plannedBytes(), p.flops(), kinds);
        }

        private static Quartiles quartiles(List<Double> samples) {
            return Quartiles.of(samples.stream().mapToDouble(x -> x).toArray());
        }
    }
}
