package dev.fovea.runtime.bench;

import dev.fovea.runtime.exec.Backend;
import dev.fovea.runtime.exec.Session;
import dev.fovea.runtime.exec.Store;
import dev.fovea.runtime.ir.DType;
import dev.fovea.runtime.ir.GraphBuilder;
import dev.fovea.runtime.ir.Op;
import dev.fovea.runtime.ir.Shape;
import dev.fovea.runtime.ir.UpdateOp;
import dev.fovea.runtime.ir.Value;
import dev.fovea.runtime.train.Planned;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.Function;

/// A program of one op, as a backend compiles it, with data from a fixed seed: what one kernel does in a real step,
/// the division of the work over threads included.
public final class OneOp implements AutoCloseable {
    private static final long SEED = 42;

    private final Value first;
    private final Store store;
    private final Session session;

    private OneOp(Value first, Store store, Session session) {
        this.first = first;
        this.store = store;
        this.session = session;
    }

    /// The values that an op reads, and what is in them.
    public static final class Inputs {
        private final GraphBuilder b;
        private final SplittableRandom random = new SplittableRandom(SEED);
        private final Map<Value, Consumer<MemorySegment>> fills = new LinkedHashMap<>();

        private Inputs(GraphBuilder b) {
            this.b = b;
        }

        /// Uniform numbers from -1 to 1.
        public Value floats(int... dims) {
            return input(DType.F32, dims, data -> fill(data, -1, 1));
        }

        /// The same number everywhere.
        public Value constant(double value, int... dims) {
            return input(DType.F32, dims, data -> fill(data, value, value));
        }

        /// Indices from 0 to below `limit`, ascending and evenly spread within each row of the last axis.
        public Value indices(int limit, int... dims) {
            int row = dims[dims.length - 1];
            return input(DType.I32, dims, data -> {
                for (long i = 0; 4 * i < data.byteSize(); i++) {
                    data.setAtIndex(ValueLayout.JAVA_INT, i, (int) (i % row * limit / row));
                }
            });
        }

        /// A parameter of the store, which an update may change; numbers from `low` to `high`.
        public Value parameter(double low, double high, int... dims) {
            Value v = b.parameter("p" + fills.size(), Shape.of(dims));
            fills.put(v, data -> fill(data, low, high));
            return v;
        }

        private Value input(DType type, int[] dims, Consumer<MemorySegment> fill) {
            Value v = b.input("x" + fills.size(), type, Shape.of(dims));
            fills.put(v, fill);
            return v;
        }

        private void fill(MemorySegment data, double low, double high) {
            for (long i = 0; 4 * i < data.byteSize(); i++) {
                data.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) (low + (high - low) * random.nextDouble()));
            }
        }
    }

    /// Compiles an op and fills its inputs.
    ///
    /// @param make the op, on inputs that it asks for
    public static OneOp of(Backend backend, Function<Inputs, Op> make) {
        GraphBuilder b = new GraphBuilder();
        Inputs inputs = new Inputs(b);
        Op op = make.apply(inputs);
        List<Value> outputs = b.addAll(op);
        if (op instanceof UpdateOp.AdamW update) {
            b.update(update.parameter(), outputs.get(0));
            b.update(update.first(), outputs.get(1));
            b.update(update.second(), outputs.get(2));
        } else {
            for (int i = 0; i < outputs.size(); i++) {
                b.result("y" + i, outputs.get(i));
            }
        }
        Planned planned = Planned.of(b.build());
        Store store = backend.store();
        Session session = backend.compile(planned.program(), planned.plan(), Map.of(), store);
        OneOp one = new OneOp(outputs.getFirst(), store, session);
        inputs.fills.forEach(one::write);
        return one;
    }

    /// The op alone, without memory or a backend: for its counts.
    public static Op describe(Function<Inputs, Op> make) {
        return make.apply(new Inputs(new GraphBuilder()));
    }

    private void write(Value value, Consumer<MemorySegment> fill) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment data = arena.allocate(value.bytes(), Float.BYTES);
            fill.accept(data);
            if (store.names().contains(value.name())) {
                store.write(value.name(), data);
            } else {
                session.write(value, data);
            }
        }
    }

    /// Runs the op once.
    public void run() {
        session.run();
    }

    /// The first output of the latest run.
    double[] read() {
        return session.read(first);
    }

    @Override
    public void close() {
        session.close();
        store.close();
    }
}
