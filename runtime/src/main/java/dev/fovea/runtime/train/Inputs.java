package dev.fovea.runtime.train;

import dev.fovea.datasets.Batch;

/// Writes a batch into a compiled program.
final class Inputs {
    private Inputs() {}

    /// Pictures, box maps, tokens and flags.
    static void write(Compiled program, Batch batch) {
        program.session().write(program.input("pixels"), batch.pixels());
        program.session().write(program.input("box_map"), batch.boxMap());
        program.session().write(program.input("tokens"), batch.tokens());
        program.session().write(program.input("global"), batch.isGlobal());
    }
}
