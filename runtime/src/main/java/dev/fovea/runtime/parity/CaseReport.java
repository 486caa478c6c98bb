package dev.fovea.runtime.parity;

import java.util.List;

/// What the check of one case found.
///
/// @param name folder of the case
/// @param kind kind of case as its check calls it, or `unknown`
/// @param findings one for each output at least
/// @param seconds how long it took
public record CaseReport(String name, String kind, List<Finding> findings, double seconds) {
    /// Copies the list.
    public CaseReport {
        findings = List.copyOf(findings);
    }

    /// Whether every output agrees.
    public boolean passed() {
        return failures() == 0;
    }

    /// How many findings failed.
    public long failures() {
        return findings.stream().filter(f -> !f.passed()).count();
    }
}
