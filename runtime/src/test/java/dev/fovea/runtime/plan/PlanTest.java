package dev.fovea.runtime.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.fovea.runtime.autodiff.Recompute;
import dev.fovea.runtime.exec.Backend;
import dev.fovea.runtime.exec.ReferenceBackend;
import dev.fovea.runtime.exec.Session;
import dev.fovea.runtime.exec.Store;
import dev.fovea.runtime.ir.Graph;
import dev.fovea.runtime.ir.HostCall;
import dev.fovea.runtime.ir.Node;
import dev.fovea.runtime.ir.Pass;
import dev.fovea.runtime.ir.UpdateOp;
import dev.fovea.runtime.ir.Value;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

/// Segmenting, planning and the verifier, by replay: random graphs give the same bits planned and unplanned, and a
/// corrupted plan is either noticed or harmless.
@NullUnmarked
class PlanTest {
    private static final int GRAPHS = 300;

    /// Every value in a slot of its own.
    private static MemoryPlan naive(Program p) {
        Map<Value, Integer> slots = new HashMap<>();
        List<MemoryPlan.Slot> places = new ArrayList<>();
        List<Value> all = new ArrayList<>(p.graph().parameters());
        all.addAll(p.graph().inputs());
        p.schedule().forEach(n -> all.addAll(n.outputs()));
        long end = 0;
        for (Value v : all) {
            boolean stored = p.graph().parameters().contains(v);
            MemoryPlan.Region region = stored ? MemoryPlan.Region.STORE : MemoryPlan.Region.HOST;
            slots.put(v, places.size());
            MemoryPlan.Slot slot =
                    new MemoryPlan.Slot(region, stored ? 0 : end, v.shape().elements());
            places.add(slot);
            end += stored ? 0 : slot.taken();
        }
        p.graph().updates().forEach((state, next) -> slots.put(next, slots.get(state)));
        return new MemoryPlan(slots, places);
    }

    /// Results of two steps and the state after them.
    private static Map<String, double[]> run(Program p, MemoryPlan plan, long seed) {
        Map<String, double[]> out = new LinkedHashMap<>();
        try (Backend backend = new ReferenceBackend();
                Store store = backend.store();
                Session s = backend.compile(p, plan, RandomGraphs.FUNCTIONS, store)) {
            SplittableRandom random = new SplittableRandom(seed);
            fill(p.graph(), store, random);
            for (int step = 0; step < 2; step++) {
                for (Value in : p.graph().inputs()) {
                    double[] data =
                            random.doubles(in.shape().elements(), 0.1, 1).toArray();
                    s.write(in, data);
                }
                s.run();
                for (String name : p.graph().results().keySet()) {
                    out.put(step + name, s.read(p.graph().result(name)));
                }
            }
            p.graph().parameters().forEach(v -> out.put(v.name(), s.read(v)));
        }
        return out;
    }

    private static void fill(Graph g, Store store, SplittableRandom random) {
        try (Arena arena = Arena.ofConfined()) {
            for (Value p : g.parameters()) {
                float[] data = new float[p.shape().elements()];
                for (int i = 0; i < data.length; i++) {
                    data[i] = p.name().startsWith("w") ? (float) random.nextDouble(-0.5, 0.5) : 0.5f;
                }
                store.write(p.name(), arena.allocateFrom(ValueLayout.JAVA_FLOAT, data));
            }
        }
    }

    private static void assertSame(Map<String, double[]> actual, Map<String, double[]> expected, String what) {
        assertThat(actual.keySet()).isEqualTo(expected.keySet());
        expected.forEach((name, data) -> assertThat(Arrays.equals(actual.get(name), data))
                .as("%s, %s", what, name)
                .isTrue());
    }

    @Test
    void plannedEqualsUnplanned() {
        for (long seed = 0; seed < GRAPHS; seed++) {
            Program p = Segmenter.split(RandomGraphs.of(seed));
            MemoryPlan plan = MemoryPlanner.plan(p);
            PlanVerifier.verify(p, plan);
            assertThat(plan.plannedBytes())
                    .isLessThanOrEqualTo(plan.naiveBytes())
                    .isGreaterThanOrEqualTo(MemoryPlanner.leastBytes(p));
            assertSame(run(p, plan, seed), run(p, naive(p), seed), "seed " + seed);
            MemoryPlan arrays = WholeArrays.plan(p);
            PlanVerifier.verify(p, arrays);
            assertNoOverlap(arrays);
            assertSame(run(p, arrays, seed), run(p, naive(p), seed), "whole arrays, seed " + seed);
        }
    }

    private static void assertNoOverlap(MemoryPlan plan) {
        for (MemoryPlan.Region region : List.of(MemoryPlan.Region.HOST, MemoryPlan.Region.WORK)) {
            long end = 0;
            for (MemoryPlan.Slot slot : plan.slots()) {
                if (slot.region() == region) {
                    assertThat(slot.start()).isEqualTo(end);
                    end += slot.taken();
                }
            }
        }
    }

    @Test
    void whatIsComputedAgainIsTheSame() {
        int recomputed = 0;
        for (long seed = 0; seed < GRAPHS; seed++) {
            Graph kept = RandomGraphs.of(seed), dropped = Recompute.layers(kept);
            Program p = Segmenter.split(dropped);
            MemoryPlan plan = MemoryPlanner.plan(p);
            PlanVerifier.verify(p, plan);
            Program original = Segmenter.split(kept);
            assertSame(run(p, plan, seed), run(original, naive(original), seed), "seed " + seed);
            assertThat(calls(p)).as("host calls, seed %s", seed).isEqualTo(calls(original));
            recomputed += p.schedule().stream().anyMatch(n -> n.pass() == Pass.RECOMPUTE) ? 1 : 0;
        }
        assertThat(recomputed).as("graphs with a value computed again").isGreaterThan(GRAPHS / 10);
    }

    private static long calls(Program p) {
        return p.schedule().stream().filter(n -> n.op() instanceof HostCall).count();
    }

    @Test
    void corruptedPlansAreNoticedOrHarmless() {
        int noticed = 0, harmless = 0;
        for (long seed = 0; seed < GRAPHS; seed++) {
            Program p = Segmenter.split(RandomGraphs.of(seed));
            MemoryPlan plan = MemoryPlanner.plan(p), broken = corrupt(p, plan, seed);
            try {
                PlanVerifier.verify(p, broken);
            } catch (IllegalArgumentException e) {
                noticed++;
                continue;
            }
            harmless++;
            assertSame(run(p, broken, seed), run(p, plan, seed), "seed " + seed + " passed the verifier");
        }
        assertThat(noticed)
                .as("corruptions noticed; %s were harmless", harmless)
                .isGreaterThan(GRAPHS / 2);
    }

    /// Moves a random value into the slot of another one, or a slot to another place, or makes one smaller.
    private static MemoryPlan corrupt(Program p, MemoryPlan plan, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<Value> values = new ArrayList<>();
        p.schedule().forEach(n -> values.addAll(n.outputs()));
        Value victim = values.get(random.nextInt(values.size()));
        Map<Value, Integer> slotOf = new HashMap<>(plan.slotOf());
        List<MemoryPlan.Slot> slots = new ArrayList<>(plan.slots());
        MemoryPlan.Slot old = plan.slot(victim);
        switch (random.nextInt(4)) {
            case 0 -> slots.set(plan.number(victim), moved(old, random.nextInt(4) * (long) MemoryPlan.UNIT));
            case 1 -> {
                MemoryPlan.Slot other = slots.get(random.nextInt(slots.size()));
                slotOf.put(victim, slots.size());
                slots.add(new MemoryPlan.Slot(other.region(), other.start(), old.elements()));
            }
            default -> slotOf.put(victim, random.nextInt(slots.size()));
        }
        return new MemoryPlan(slotOf, slots);
    }

    private static MemoryPlan.Slot moved(MemoryPlan.Slot slot, long start) {
        return new MemoryPlan.Slot(slot.region(), start, slot.elements());
    }

    @Test
    void aMissingOrMovedNodeIsNoticed() {
        for (long seed = 0; seed < 100; seed++) {
            Program p = Segmenter.split(RandomGraphs.of(seed));
            List<Program.Stage> stages = new ArrayList<>(p.stages());
            Optional<Program.Segment> found = stages.stream()
                    .filter(s -> s instanceof Program.Segment g && g.nodes().size() > 1)
                    .map(s -> (Program.Segment) s)
                    .findFirst();
            if (found.isEmpty()) {
                continue;
            }
            Program.Segment first = found.get();
            List<Node> without = new ArrayList<>(first.nodes());
            without.removeFirst();
            stages.set(
                    p.stages().indexOf(first),
                    new Program.Segment(first.name(), without, first.consumes(), first.keeps()));
            assertThatIllegalArgumentException()
                    .as("seed %s", seed)
                    .isThrownBy(() -> PlanVerifier.stages(new Program(p.graph(), stages)));
            List<Program.Stage> reversed = new ArrayList<>(p.stages());
            Collections.reverse(reversed);
            if (p.stages().getFirst() instanceof Program.Segment s && reads(reversed, s)) {
                assertThatIllegalArgumentException()
                        .as("seed %s", seed)
                        .isThrownBy(() -> PlanVerifier.stages(new Program(p.graph(), reversed)));
            }
        }
    }

    /// Whether another stage needs what this one computes.
    private static boolean reads(List<Program.Stage> stages, Program.Segment of) {
        return stages.stream().anyMatch(s -> switch (s) {
            case Program.Segment other -> other.consumes().stream().anyMatch(of.keeps()::contains);
            case Program.HostStep h -> h.call().inputs().stream().anyMatch(of.keeps()::contains);
        });
    }

    @Test
    void segmentsAreCutAtHostCallsAndBeforeUpdates() {
        for (long seed = 0; seed < 100; seed++) {
            Program p = Segmenter.split(RandomGraphs.of(seed));
            if (p.graph().updates().isEmpty()) {
                continue;
            }
            Program.Segment last = (Program.Segment) p.stages().getLast();
            assertThat(last.nodes()).allMatch(n -> n.op() instanceof UpdateOp);
            for (Program.Stage s : p.stages()) {
                if (s instanceof Program.Segment segment && !segment.name().equals(last.name())) {
                    assertThat(segment.nodes())
                            .noneMatch(n -> n.op() instanceof HostCall || n.op() instanceof UpdateOp);
                }
            }
        }
    }
}
