package dev.fovea.runtime.exec.cpu.kernel;

/// One part of a piece of work that has been divided over [Workers].
@FunctionalInterface
public interface RangeBody {
    /// Does the items `from` (inclusive) to `to` (exclusive).
    ///
    /// @param worker the number of the worker that runs this part, below [Workers#count()]: an index into
    ///     scratch memory
    void run(int from, int to, int worker);
}
