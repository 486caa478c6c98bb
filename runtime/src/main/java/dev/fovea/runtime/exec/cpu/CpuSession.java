package dev.fovea.runtime.exec.cpu;

import dev.fovea.runtime.exec.HostFunction;
import dev.fovea.runtime.exec.HostTensor;
import dev.fovea.runtime.exec.Session;
import dev.fovea.runtime.exec.cpu.kernel.Lanes;
import dev.fovea.runtime.ir.DType;
import dev.fovea.runtime.ir.HostCall;
import dev.fovea.runtime.ir.Node;
import dev.fovea.runtime.ir.UpdateOp;
import dev.fovea.runtime.ir.Value;
import dev.fovea.runtime.plan.MemoryPlan;
import dev.fovea.runtime.plan.Program;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/// A program as a list of steps on memory that is allocated once, here.
final class CpuSession implements Session {
    private final MemoryPlan plan;
    private final Arena arena = Arena.ofShared();
    private final Scratch scratch = new Scratch();
    private final MemorySegment[] slots;
    private final Workspaces workspaces;
    private final Workspaces.Workspace work;
    private final List<NodeStep> compute = new ArrayList<>();
    private final List<NodeStep> update = new ArrayList<>();

    /// A node and what runs it.
    private record NodeStep(Node node, Step step) {}

    CpuSession(
            Program program,
            MemoryPlan plan,
            Map<String, HostFunction> functions,
            CpuStore store,
            Lowering.Engine engine) {
        this.plan = plan;
        this.slots = new MemorySegment[plan.slots().size()];
        this.workspaces = store.workspaces();
        this.work = workspaces.take(plan.elements(MemoryPlan.Region.WORK));
        try {
            allocate(program, store);
            Lowering lowering = new Lowering(engine, scratch, this::memory);
            for (Node node : program.schedule()) {
                Step step = node.op() instanceof HostCall call ? hostStep(call, node, functions) : lowering.lower(node);
                (node.op() instanceof UpdateOp ? update : compute).add(new NodeStep(node, step));
            }
            scratch.allocate(arena);
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    private void allocate(Program program, CpuStore store) {
        store.addAll(program.graph().parameters());
        for (Value parameter : program.graph().parameters()) {
            slots[plan.number(parameter)] = store.array(parameter);
        }
        MemorySegment host = Lanes.allocate(arena, plan.elements(MemoryPlan.Region.HOST));
        for (int i = 0; i < slots.length; i++) {
            MemoryPlan.Slot slot = plan.slots().get(i);
            switch (slot.region()) {
                case STORE -> {}
                case HOST -> slots[i] = host.asSlice(4 * slot.start(), 4 * slot.taken());
                case WORK -> slots[i] = work.slice(slot.start(), slot.taken());
            }
        }
    }

    private MemorySegment memory(Value value) {
        return slots[plan.number(value)];
    }

    private Step hostStep(HostCall call, Node node, Map<String, HostFunction> functions) {
        HostFunction function = functions.get(call.function());
        if (function == null) {
            throw new IllegalArgumentException("no body for " + call.name() + "; there are " + functions.keySet());
        }
        List<HostTensor> inputs = tensors(call.inputs());
        List<HostTensor> outputs = tensors(node.outputs());
        return () -> function.run(inputs, outputs);
    }

    private List<HostTensor> tensors(List<Value> values) {
        return values.stream()
                .<HostTensor>map(v -> new CpuTensor(v.type(), v.shape().elements(), memory(v)))
                .toList();
    }

    @Override
    public void write(Value input, MemorySegment data) {
        MemorySegment.copy(data, 0, memory(input), 0, input.bytes());
    }

    @Override
    public void write(Value input, double... data) {
        CpuTensor tensor = new CpuTensor(input.type(), input.shape().elements(), memory(input));
        if (data.length < tensor.elements()) {
            throw new IllegalArgumentException(input + " has " + tensor.elements() + " elements, given " + data.length);
        }
        for (int i = 0; i < tensor.elements(); i++) {
            tensor.set(i, data[i]);
        }
    }

    @Override
    public void compute() {
        work.claim(this);
        run(compute);
    }

    @Override
    public void update() {
        if (!work.isOwnedBy(this)) {
            throw new IllegalStateException("another program ran since compute(), in the same memory");
        }
        run(update);
    }

    private static void run(List<NodeStep> steps) {
        for (int i = 0; i < steps.size(); i++) {
            steps.get(i).step().run();
        }
    }

    @Override
    public void run(LongSupplier clock, Observer observer) {
        work.claim(this);
        for (List<NodeStep> steps : List.of(compute, update)) {
            for (NodeStep s : steps) {
                long start = clock.getAsLong();
                s.step().run();
                observer.ran(s.node(), clock.getAsLong() - start);
            }
        }
    }

    @Override
    public double[] read(Value value) {
        CpuTensor tensor = new CpuTensor(value.type(), value.shape().elements(), memory(value));
        double[] result = new double[tensor.elements()];
        for (int i = 0; i < result.length; i++) {
            result[i] = tensor.get(i);
        }
        return result;
    }

    @Override
    public void copy(Value from, Session other, Value to) {
        if (!(other instanceof CpuSession session)) {
            Session.super.copy(from, other, to);
            return;
        }
        if (!from.shape().equals(to.shape()) || from.type() != to.type()) {
            throw new IllegalArgumentException("cannot copy " + from + " to " + to);
        }
        MemorySegment.copy(memory(from), 0, session.memory(to), 0, from.bytes());
    }

    @Override
    public String findNonFinite() {
        work.claim(this);
        for (NodeStep s : compute) {
            s.step().run();
            for (Value v : s.node().outputs()) {
                if (v.type() == DType.F32 && !allFinite(v)) {
                    return s.node().op().name() + s.node().op().inputs() + " -> " + v;
                }
            }
        }
        return "";
    }

    private boolean allFinite(Value value) {
        MemorySegment data = memory(value);
        for (int i = 0; i < value.shape().elements(); i++) {
            if (!Float.isFinite(data.getAtIndex(Lanes.FLOAT, i))) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
            workspaces.release(work);
        }
    }
}
