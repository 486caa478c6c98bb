package dev.fovea.runtime.exec.cpu.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/// Counts what the calling thread allocates. A kernel that boxes its vectors allocates megabytes a call and is
/// thirty times too slow; one lost inlining decision is enough.
public final class Allocation {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private Allocation() {}

    /// Fails if a call still allocates more than a stray kilobyte after it has been compiled.
    public static void assertNone(String what, Runnable body) {
        int calls = 20;
        long least = Long.MAX_VALUE;
        for (int attempt = 0; attempt < 10_000 && least > 1024; attempt++) {
            long before = THREADS.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < calls; i++) {
                body.run();
            }
            least = Math.min(least, (THREADS.getCurrentThreadAllocatedBytes() - before) / calls);
        }
        assertThat(least).as("bytes that a call of %s allocates", what).isLessThanOrEqualTo(1024);
    }
}
