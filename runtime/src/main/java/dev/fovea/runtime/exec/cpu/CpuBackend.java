package dev.fovea.runtime.exec.cpu;

import dev.fovea.dsl.spec.PrecisionSpec;
import dev.fovea.dsl.spec.RunSpec;
import dev.fovea.runtime.exec.Backend;
import dev.fovea.runtime.exec.HostFunction;
import dev.fovea.runtime.exec.Session;
import dev.fovea.runtime.exec.Store;
import dev.fovea.runtime.exec.cpu.kernel.Lanes;
import dev.fovea.runtime.exec.cpu.kernel.SelfAttention;
import dev.fovea.runtime.exec.cpu.kernel.SelfAttentionGradient;
import dev.fovea.runtime.exec.cpu.kernel.Workers;
import dev.fovea.runtime.plan.MemoryPlan;
import dev.fovea.runtime.plan.Program;
import java.util.Map;

/// Float32 in plain Java on the Vector API, matrix products by the same or by oneDNN, over a fixed team of
/// threads: the embedded default.
///
/// Results depend on the program and its data alone, neither on timing nor on the number of threads. The
/// sessions of one backend share its threads, so only one of them may run at a time.
public final class CpuBackend implements Backend {
    private final Workers workers;
    private final Gemms gemms;
    private final Lowering.Engine engine;

    /// A backend on `threads` threads, the caller's among them, with products in float32 by plain Java.
    ///
    /// @throws IllegalArgumentException if `threads` is below 1
    public CpuBackend(int threads) {
        this(threads, RunSpec.Gemm.JAVA, PrecisionSpec.Compute.FP32);
    }

    /// A backend on `threads` threads, the caller's among them.
    ///
    /// @param provider who multiplies matrices
    /// @param compute number format of the operands of linear layers
    /// @throws IllegalArgumentException if `threads` is below 1
    /// @throws IllegalStateException if the provider cannot be used; the message says why
    public CpuBackend(int threads, RunSpec.Gemm provider, PrecisionSpec.Compute compute) {
        workers = new Workers(threads);
        try {
            gemms = Gemms.open(provider, compute, workers);
        } catch (RuntimeException | Error e) {
            workers.close();
            throw e;
        }
        engine = new Lowering.Engine(workers, gemms, new SelfAttention(workers), new SelfAttentionGradient(workers));
    }

    @Override
    public String name() {
        return "cpu";
    }

    @Override
    public String describe() {
        return "cpu (float32, " + 32 * Lanes.WIDTH + "-bit vectors, gemm "
                + gemms.choice().text() + ", " + workers.count() + (workers.count() == 1 ? " thread)" : " threads)");
    }

    @Override
    public Store store() {
        return new CpuStore();
    }

    /// @throws IllegalArgumentException if a host call has no body, or `store` was made by another backend
    @Override
    public Session compile(Program program, MemoryPlan plan, Map<String, HostFunction> functions, Store store) {
        if (!(store instanceof CpuStore cpuStore)) {
            throw new IllegalArgumentException("the cpu backend needs a store of its own, not "
                    + store.getClass().getSimpleName());
        }
        return new CpuSession(program, plan, functions, cpuStore, engine);
    }

    @Override
    public void close() {
        workers.close();
    }
}
