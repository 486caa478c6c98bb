package dev.fovea.bin.bench;

import dev.fovea.runtime.bench.KernelCase;
import dev.fovea.runtime.bench.KernelCases;
import dev.fovea.runtime.bench.OneOp;
import dev.fovea.runtime.exec.Backend;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/// One kernel under JMH: a process of its own, so that what the compiler learned from another kernel does not count.
/// The op stores its result in memory that outlives the call, so nothing can be optimised away.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class KernelBenchmark {
    /// Name of the kernel, as [KernelCases] has it.
    @Param("")
    public String kernel = "";

    /// Worker threads.
    @Param("1")
    public int workers;

    private @Nullable Backend backend;
    private @Nullable OneOp op;

    /// For JMH, which makes the instances.
    public KernelBenchmark() {}

    private static final long LEAST = 500_000_000L, MOST = 6_000_000_000L;

    /// Compiles the op, fills its inputs and runs it until it gets no faster: what takes long when it is interpreted
    /// would else spend JMH's few warm-up iterations on a single call.
    @Setup
    public void open() {
        KernelCase found = KernelCases.all(KernelCases.providers()).stream()
                .filter(each -> each.name().equals(kernel))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no kernel " + kernel));
        Backend opened = KernelCases.open(found.gemm(), workers);
        backend = opened;
        OneOp compiled = OneOp.of(opened, found.op());
        op = compiled;
        warm(compiled);
    }

    /// Steady is who has run for a while since the last time that was faster than all before by a tenth.
    private static void warm(OneOp op) {
        long begin = System.nanoTime();
        long improved = begin;
        long best = Long.MAX_VALUE;
        long now = begin;
        while (now - begin < MOST && now - improved < LEAST) {
            op.run();
            long end = System.nanoTime();
            if (end - now < 0.9 * best) {
                best = end - now;
                improved = end;
            }
            now = end;
        }
    }

    /// What is timed.
    @Benchmark
    public void run() {
        Objects.requireNonNull(op).run();
    }

    /// Frees the memory and ends the threads.
    @TearDown
    public void close() {
        Objects.requireNonNull(op).close();
        Objects.requireNonNull(backend).close();
    }
}
