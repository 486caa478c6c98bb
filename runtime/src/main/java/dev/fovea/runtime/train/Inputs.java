package dev.fovea.runtime.train;

import dev.fovea.datasets.Batch;

/// Writes a batch into a compiled program.
final class Inputs {
    private Inputs() {}

    /// Pictures, box maps, tokens and flags. A batch with maps of all boxes is for a program that asks for them.
    static void write(Compiled program, Batch batch) {
        program.session().write(program.input("pixels"), batch.pixels());
        program.session().write(program.input("box_map"), batch.boxMap());
        if (batch.hasAllBoxes()) {
            program.session().write(program.input("prior_box_map"), batch.allBoxes());
        }
        program.session().write(program.input("tokens"), batch.tokens());
        program.session().write(program.input("global"), batch.isGlobal());
    }
}
