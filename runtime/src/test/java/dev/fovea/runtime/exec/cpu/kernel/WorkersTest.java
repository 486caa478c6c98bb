package dev.fovea.runtime.exec.cpu.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The team of threads: every item once, always the same parts, failures reach the caller, no allocation.
class WorkersTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7})
    void doesEveryItemExactlyOnce(int count) {
        try (Workers workers = new Workers(count)) {
            for (int items : new int[] {0, 1, 2, 3, 7, 64, 1001}) {
                for (int grain : new int[] {1, 3, 5000}) {
                    AtomicIntegerArray done = new AtomicIntegerArray(Math.max(1, items));
                    workers.forRange(items, grain, (from, to, worker) -> {
                        assertThat(worker).isBetween(0, count - 1);
                        for (int i = from; i < to; i++) {
                            done.incrementAndGet(i);
                        }
                    });
                    for (int i = 0; i < items; i++) {
                        assertThat(done.get(i)).as("item %s of %s", i, items).isEqualTo(1);
                    }
                }
            }
        }
    }

    @Test
    void givesAWorkerAlwaysTheSamePart() {
        int[] owner = new int[1000];
        int[] again = new int[1000];
        try (Workers workers = new Workers(3)) {
            workers.forRange(1000, 1, (from, to, worker) -> java.util.Arrays.fill(owner, from, to, worker));
            for (int run = 0; run < 200; run++) {
                workers.forRange(1000, 1, (from, to, worker) -> java.util.Arrays.fill(again, from, to, worker));
                assertThat(again).isEqualTo(owner);
            }
        }
        assertThat(owner[0]).isZero();
        assertThat(owner[333]).isEqualTo(1);
        assertThat(owner[999]).isEqualTo(2);
    }

    @Test
    void keepsPartsOfAtLeastTheGrain() {
        try (Workers workers = new Workers(4)) {
            assertThat(workers.parts(100, 30)).isEqualTo(3);
            assertThat(workers.parts(100, 1)).isEqualTo(4);
            assertThat(workers.parts(100, 101)).isEqualTo(1);
        }
    }

    @Test
    void throwsWhatAPartThrewAndGoesOnWorking() {
        try (Workers workers = new Workers(2)) {
            for (int bad = 0; bad < 2; bad++) {
                int failing = bad;
                AtomicInteger finished = new AtomicInteger();
                assertThatThrownBy(() -> workers.forRange(2, 1, (_, _, worker) -> {
                            if (worker == failing) {
                                throw new IllegalStateException("part " + worker);
                            }
                            finished.incrementAndGet();
                        }))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessage("part " + failing);
                assertThat(finished.get()).as("the other part ran to its end").isEqualTo(1);
            }
            AtomicInteger items = new AtomicInteger();
            workers.forRange(10, 1, (from, to, _) -> items.addAndGet(to - from));
            assertThat(items.get()).isEqualTo(10);
        }
    }

    @Test
    void wakesUpAfterItHasParked() throws InterruptedException {
        try (Workers workers = new Workers(2)) {
            for (int run = 0; run < 3; run++) {
                Thread.sleep(30); // long enough to park, but nothing depends on it
                AtomicInteger items = new AtomicInteger();
                workers.forRange(10, 1, (from, to, _) -> items.addAndGet(to - from));
                assertThat(items.get()).isEqualTo(10);
            }
        }
    }

    @Test
    void refusesARangeInsideARangeAndAfterClosing() {
        Workers workers = new Workers(2);
        assertThatThrownBy(() -> workers.forRange(2, 1, (_, _, _) -> workers.forRange(2, 1, (_, _, _) -> {})))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("while another one runs");
        workers.close();
        workers.close();
        assertThatThrownBy(() -> workers.forRange(2, 1, (_, _, _) -> {}))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
    }

    @Test
    void needsAtLeastOneWorker() {
        assertThatThrownBy(() -> new Workers(0)).hasMessageContaining("count 0");
    }

    @Test
    void allocatesNothing() {
        int[] sums = new int[2];
        RangeBody body = (from, to, worker) -> sums[worker] = from + to;
        try (Workers workers = new Workers(2)) {
            Allocation.assertNone("forRange", () -> workers.forRange(100, 1, body));
        }
    }
}
