package dev.fovea.bin;

import java.util.LinkedHashMap;
import java.util.Map;

/// What the process tells whoever started it. The numbers are a promise to scripts and schedulers.
public enum ExitCode {
    /// All went well.
    OK(0, "all went well"),
    /// A defect of fovea itself.
    INTERNAL(1, "internal error"),
    /// The command line makes no sense.
    USAGE(2, "wrong usage"),
    /// A spec has errors.
    SPEC(3, "the spec is invalid"),
    /// A run ended with an error, or a check does not pass.
    RUN_FAILED(4, "a run or check failed"),
    /// A claim does not hold, or two things differ.
    DIFFERS(5, "a claim is refuted, or a difference was found"),
    /// A device, tool or service is missing.
    UNAVAILABLE(6, "a backend or service is unavailable"),
    /// More would be spent than allowed.
    OVER_BUDGET(7, "over budget"),
    /// The scheduler took the machine; start again to resume.
    PREEMPTED(75, "preempted; start again to resume"),
    /// SIGINT.
    INTERRUPTED(130, "interrupted (Ctrl-C)"),
    /// SIGTERM.
    TERMINATED(143, "terminated");

    private final int code;
    private final String meaning;

    ExitCode(int code, String meaning) {
        this.code = code;
        this.meaning = meaning;
    }

    /// The number the process ends with.
    public int code() {
        return code;
    }

    /// A few words for `--help`.
    public String meaning() {
        return meaning;
    }

    /// Number to meaning, in ascending order, as `--help` prints it.
    public static Map<String, String> help() {
        Map<String, String> lines = new LinkedHashMap<>();
        for (ExitCode each : values()) {
            lines.put(" " + each.code, each.meaning);
        }
        return lines;
    }
}
