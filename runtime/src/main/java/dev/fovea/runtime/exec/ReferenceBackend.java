package dev.fovea.runtime.exec;

import dev.fovea.runtime.ir.DType;
import dev.fovea.runtime.ir.HostCall;
import dev.fovea.runtime.ir.Node;
import dev.fovea.runtime.ir.UpdateOp;
import dev.fovea.runtime.ir.Value;
import dev.fovea.runtime.plan.MemoryPlan;
import dev.fovea.runtime.plan.Program;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;

/// Runs each op's own definition, in double, one node at a time, inside planned slots so that a wrong plan gives a
/// wrong
/// answer. Slow on purpose: it is what the others are tested against.
public final class ReferenceBackend implements Backend {
    @Override
    public String name() {
        return "reference";
    }

    @Override
    public String describe() {
        return "reference (double, one thread)";
    }

    @Override
    public Store store() {
        return new ReferenceStore();
    }

    @Override
    public Session compile(Program program, MemoryPlan plan, Map<String, HostFunction> functions, Store store) {
        return new ReferenceSession(program, plan, Map.copyOf(functions), (ReferenceStore) store);
    }

    @Override
    public void close() {}

    private static final class ReferenceStore implements Store {
        private final Map<String, double[]> data = new LinkedHashMap<>();

        double[] array(Value parameter) {
            return data.computeIfAbsent(
                    parameter.name(), _ -> new double[parameter.shape().elements()]);
        }

        private double[] known(String name) {
            double[] d = data.get(name);
            if (d == null) {
                throw new IllegalArgumentException("no parameter " + name + " in the store");
            }
            return d;
        }

        @Override
        public Set<String> names() {
            return data.keySet();
        }

        @Override
        public int elements(String name) {
            return known(name).length;
        }

        @Override
        public void write(String name, MemorySegment floats) {
            Arrays.setAll(known(name), i -> floats.getAtIndex(ValueLayout.JAVA_FLOAT, i));
        }

        @Override
        public void read(String name, MemorySegment floats) {
            double[] d = known(name);
            for (int i = 0; i < d.length; i++) {
                floats.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) d[i]);
            }
        }

        @Override
        public void close() {
            data.clear();
        }
    }

    private record ArrayTensor(double[] data) implements HostTensor {
        @Override
        public int elements() {
            return data.length;
        }

        @Override
        public double get(int i) {
            return data[i];
        }

        @Override
        public void set(int i, double value) {
            data[i] = value;
        }
    }

    private static final class ReferenceSession implements Session {
        private final Program program;
        private final MemoryPlan plan;
        private final Map<String, HostFunction> functions;
        private final Map<MemoryPlan.Region, double[]> regions = new EnumMap<>(MemoryPlan.Region.class);
        private final Map<Integer, double[]> store = new HashMap<>();

        ReferenceSession(Program program, MemoryPlan plan, Map<String, HostFunction> functions, ReferenceStore store) {
            this.program = program;
            this.plan = plan;
            this.functions = functions;
            for (Value p : program.graph().parameters()) {
                this.store.put(plan.number(p), store.array(p));
            }
            for (MemoryPlan.Region r : List.of(MemoryPlan.Region.HOST, MemoryPlan.Region.WORK)) {
                regions.put(r, new double[Math.toIntExact(plan.elements(r))]);
            }
        }

        /// The array that holds a value.
        private double[] array(Value v) {
            double[] own = store.get(plan.number(v));
            double[] region = regions.get(plan.slot(v).region());
            double[] found = own == null ? region : own;
            if (found == null) {
                throw new IllegalStateException(v + " has no memory");
            }
            return found;
        }

        /// Where it begins there.
        private int start(Value v) {
            return Math.toIntExact(plan.slot(v).start());
        }

        @Override
        public void write(Value input, MemorySegment data) {
            double[] slot = array(input);
            int start = start(input);
            for (int i = 0; i < input.shape().elements(); i++) {
                slot[start + i] = input.type() == DType.F32
                        ? data.getAtIndex(ValueLayout.JAVA_FLOAT, i)
                        : data.getAtIndex(ValueLayout.JAVA_INT, i);
            }
        }

        @Override
        public void write(Value input, double... data) {
            System.arraycopy(data, 0, array(input), start(input), input.shape().elements());
        }

        @Override
        public void compute() {
            for (Node n : program.schedule()) {
                if (!(n.op() instanceof UpdateOp)) {
                    run(n);
                }
            }
        }

        @Override
        public void update() {
            for (Node n : program.schedule()) {
                if (n.op() instanceof UpdateOp) {
                    run(n);
                }
            }
        }

        @Override
        public void run(LongSupplier clock, Observer observer) {
            for (boolean updates : new boolean[] {false, true}) {
                for (Node n : program.schedule()) {
                    if (n.op() instanceof UpdateOp == updates) {
                        long start = clock.getAsLong();
                        run(n);
                        observer.ran(n, clock.getAsLong() - start);
                    }
                }
            }
        }

        private double[][] run(Node n) {
            double[][] in = n.op().inputs().stream().map(this::read).toArray(double[][]::new);
            double[][] out = n.outputs().stream()
                    .map(v -> new double[v.shape().elements()])
                    .toArray(double[][]::new);
            if (n.op() instanceof HostCall call) {
                HostFunction f = functions.get(call.function());
                if (f == null) {
                    throw new IllegalArgumentException("no body for " + call.name());
                }
                f.run(tensors(in), tensors(out));
            } else {
                n.op().evaluate(in, out);
            }
            for (int i = 0; i < out.length; i++) {
                Value v = n.outputs().get(i);
                System.arraycopy(out[i], 0, array(v), start(v), out[i].length);
            }
            return out;
        }

        private static List<HostTensor> tensors(double[][] data) {
            return Arrays.stream(data).<HostTensor>map(ArrayTensor::new).toList();
        }

        @Override
        public double[] read(Value v) {
            return Arrays.copyOfRange(array(v), start(v), start(v) + v.shape().elements());
        }

        @Override
        public String findNonFinite() {
            for (Node n : program.schedule()) {
                if (n.op() instanceof UpdateOp) {
                    continue;
                }
                double[][] out = run(n);
                for (int i = 0; i < out.length; i++) {
                    if (Arrays.stream(out[i]).anyMatch(x -> !Double.isFinite(x))) {
                        return n.op().name() + n.op().inputs() + " -> "
                                + n.outputs().get(i);
                    }
                }
            }
            return "";
        }

        @Override
        public void close() {}
    }
}
