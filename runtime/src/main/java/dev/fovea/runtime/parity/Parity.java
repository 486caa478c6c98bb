package dev.fovea.runtime.parity;

import dev.fovea.runtime.exec.Backend;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Runs recorded cases through the checks.
public final class Parity {
    /// The kinds of cases, in the order in which they are asked whether a case is theirs.
    public static final List<CaseCheck> CHECKS = List.of(
            new LowPassCheck(),
            new SelectionCheck(),
            new LookCheck(),
            new ForcedCheck(),
            new S2Check(),
            new AnyResCheck());

    private Parity() {}

    /// Checks one case of a folder. Never throws for what is wrong with a case: that is a finding.
    public static CaseReport run(GoldenFolder folder, String name, Backend backend) {
        long start = System.nanoTime();
        String kind = "unknown";
        List<Finding> findings;
        try {
            GoldenCase c = folder.open(name);
            Findings out = new Findings(c);
            CaseCheck check = find(c);
            if (check == null) {
                out.fail("call", "no check knows this kind of case: " + c.call());
            } else {
                kind = check.kind();
                run(check, c, backend, out);
            }
            findings = out.close();
        } catch (RuntimeException e) {
            findings = List.of(new Finding("case", false, Double.NaN, Double.NaN, message(e)));
        }
        return new CaseReport(name, kind, findings, (System.nanoTime() - start) * 1e-9);
    }

    private static void run(CaseCheck check, GoldenCase c, Backend backend, Findings out) {
        try {
            check.run(c, backend, out);
        } catch (RuntimeException e) {
            out.fail("run", message(e));
        }
    }

    private static @Nullable CaseCheck find(GoldenCase c) {
        for (CaseCheck check : CHECKS) {
            if (check.matches(c)) {
                return check;
            }
        }
        return null;
    }

    private static String message(RuntimeException e) {
        String text = e instanceof GoldenException ? "" + e.getMessage() : e.toString();
        StackTraceElement[] trace = e.getStackTrace();
        return e instanceof GoldenException || trace.length == 0 ? text : text + " at " + trace[0];
    }
}
