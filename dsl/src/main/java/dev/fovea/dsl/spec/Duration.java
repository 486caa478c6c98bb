package dev.fovea.dsl.spec;

/// A length of training or of time, written as a number with a unit: `1500st`, `75Msa`, `2ep`, `30min`.
public record Duration(double amount, Unit unit) {
    /// Units of a duration.
    public enum Unit {
        /// optimizer steps, `st`
        STEPS,
        /// examples, `sa`
        SAMPLES,
        /// passes over the training set, `ep`
        EPOCHS,
        /// wall-clock seconds: `s`, `min`, `h`
        SECONDS
    }
}
