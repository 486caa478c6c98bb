package dev.fovea.bin.terminal;

/// Colours for meaning, never for decoration; the same text without them where colour is off.
public enum Style {
    /// No colour at all.
    PLAIN("", "", "", "", "", ""),
    /// ANSI colours, readable on dark and on light backgrounds.
    COLOUR("\u001b[1m", "\u001b[2m", "\u001b[32m", "\u001b[33m", "\u001b[31m", "\u001b[0m");

    private final String bold;
    private final String faint;
    private final String good;
    private final String warning;
    private final String bad;
    private final String end;

    Style(String bold, String faint, String good, String warning, String bad, String end) {
        this.bold = bold;
        this.faint = faint;
        this.good = good;
        this.warning = warning;
        this.bad = bad;
        this.end = end;
    }

    /// What matters most in a line.
    public String bold(String text) {
        return bold + text + end;
    }

    /// What may be skipped.
    public String faint(String text) {
        return faint + text + end;
    }

    /// Success.
    public String good(String text) {
        return good + text + end;
    }

    /// Something to look at.
    public String warning(String text) {
        return warning + text + end;
    }

    /// Failure.
    public String bad(String text) {
        return bad + text + end;
    }

    /// Whether this style writes escape sequences.
    public boolean colour() {
        return this == COLOUR;
    }
}
