package dev.fovea.runtime.exec;

import dev.fovea.runtime.ir.Node;
import dev.fovea.runtime.ir.Value;
import java.lang.foreign.MemorySegment;
import java.util.function.LongSupplier;

/// A compiled program with its memory. Not thread safe.
public interface Session extends AutoCloseable {
    /// Writes an input: float32 or int32 in native order, by the value's type.
    void write(Value input, MemorySegment data);

    /// Writes an input from doubles.
    void write(Value input, double... data);

    /// Runs everything but the updates of parameters, so that the host may look at the loss first.
    void compute();

    /// Runs the updates, after [#compute]. Sessions of one store may share memory: no other one of them may run
    /// between the two.
    ///
    /// @throws IllegalStateException if one did
    void update();

    /// Runs the whole program once.
    default void run() {
        compute();
        update();
    }

    /// Sees an op that was run and how long it took.
    @FunctionalInterface
    interface Observer {
        /// @param nanoseconds by the clock of the run
        void ran(Node node, long nanoseconds);
    }

    /// Runs the whole program once, as [#run()], and tells of each op in the order of the program.
    ///
    /// @param clock in nanoseconds, such as `System::nanoTime`
    void run(LongSupplier clock, Observer observer);

    /// Copies a result, input or parameter out.
    double[] read(Value value);

    /// Copies a result or input of this session into an input of another one of the same backend.
    default void copy(Value from, Session other, Value to) {
        other.write(to, read(from));
    }

    /// Computes once more, node by node and without updates, and describes the first node that yields a value
    /// which is
    /// not finite, or answers the empty string.
    String findNonFinite();

    @Override
    void close();
}
