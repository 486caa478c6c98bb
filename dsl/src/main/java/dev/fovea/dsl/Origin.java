package dev.fovea.dsl;

/// Where a value of a resolved spec was set.
///
/// @param file path of the file as messages show it; `override 2` for the second command-line override;
///     `default` for
///     a value that nobody set; `env:NAME` for a value from the environment, with the place that asked for it
/// @param line from 1; 0 for defaults
/// @param column from 1; 0 for defaults
public record Origin(String file, int line, int column) {
    /// The origin of values that nobody set.
    public static final Origin DEFAULT = new Origin("default", 0, 0);

    /// `ps3.yaml:41`, `override 2`, `default` or `env:NAME`.
    public String text() {
        boolean inFile = line > 0 && !file.startsWith("override ") && !file.startsWith("env:");
        return inFile ? file + ":" + line : file;
    }
}
