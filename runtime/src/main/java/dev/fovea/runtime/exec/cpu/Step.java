package dev.fovea.runtime.exec.cpu;

/// One op with the memory it reads and writes, ready to run any number of times without allocating.
@FunctionalInterface
interface Step {
    /// Overwrites the outputs from the inputs.
    void run();

    /// This step, then the next.
    default Step then(Step next) {
        return () -> {
            run();
            next.run();
        };
    }
}
