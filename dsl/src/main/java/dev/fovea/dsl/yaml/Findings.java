package dev.fovea.dsl.yaml;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Collects errors and warnings, so that all of them are reported at once.
public final class Findings {
    private final List<Finding> errors = new ArrayList<>();
    private final List<Finding> warnings = new ArrayList<>();

    /// Adds an error.
    public void error(Mark mark, String path, String message) {
        error(mark, path, message, null);
    }

    /// Adds an error with a hint at what would be right.
    public void error(Mark mark, String path, String message, @Nullable String hint) {
        errors.add(new Finding(mark, path, message, hint));
    }

    /// Adds a warning: the text is valid, but something in it has not the effect one would expect.
    public void warning(Mark mark, String path, String message) {
        warnings.add(new Finding(mark, path, message, null));
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
