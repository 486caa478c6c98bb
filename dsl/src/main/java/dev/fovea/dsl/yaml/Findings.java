package dev.fovea.dsl.yaml;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Collects errors and warnings, so that all of them are reported at once. A text with hundreds of errors is not a
/// spec with mistakes but something else, so only the first are kept.
public final class Findings {
    /// Most errors and most warnings that are kept.
    public static final int MOST = 200;

    private final List<Finding> errors = new ArrayList<>();
    private final List<Finding> warnings = new ArrayList<>();

    /// Adds an error.
    public void error(Mark mark, String path, String message) {
        error(mark, path, message, null);
    }

    /// Adds an error with a hint at what would be right.
    public void error(Mark mark, String path, String message, @Nullable String hint) {
        if (!full()) {
            errors.add(new Finding(mark, path, message, hint));
        }
    }

    /// Adds a warning: the text is valid, but something in it has not the effect one would expect.
    public void warning(Mark mark, String path, String message) {
        if (warnings.size() < MOST) {
            warnings.add(new Finding(mark, path, message, null));
        }
    }

    /// Whether there are so many errors that reading on makes no sense.
    public boolean full() {
        return errors.size() >= MOST;
    }

    /// Errors in the order found.
    public List<Finding> errors() {
        return Collections.unmodifiableList(errors);
    }

    /// Warnings in the order found.
    public List<Finding> warnings() {
        return Collections.unmodifiableList(warnings);
    }
}
