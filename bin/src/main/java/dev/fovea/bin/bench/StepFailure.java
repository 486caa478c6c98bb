package dev.fovea.bin.bench;

/// An arm could not be run; the message says why.
final class StepFailure extends Exception {
    private static final long serialVersionUID = 1L;

    StepFailure(String message) {
        super(message);
    }
}
