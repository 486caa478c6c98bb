package dev.fovea.dsl;

import dev.fovea.dsl.yaml.Findings;
import java.util.List;

/// A spec is not valid. Holds every problem, sorted by place.
public final class SpecException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient List<SpecProblem> problems;

    /// @param problems at least one
    public SpecException(List<SpecProblem> problems) {
        super(
                problems.size() == 1
                        ? problems.getFirst().headline()
                        : summary(problems) + ", first " + problems.getFirst().headline());
        this.problems = List.copyOf(problems);
    }

    /// Every problem: those of the spec's file first, then of the files it extends, then of overrides, each by
    /// place.
    public List<SpecProblem> problems() {
        return problems;
    }

    /// All problems with their source lines, and their number at the end.
    ///
    /// @param colour whether to use ANSI colours
    public String report(boolean colour) {
        StringBuilder report = new StringBuilder();
        for (SpecProblem problem : problems) {
            report.append(colour ? coloured(problem) : problem.headline())
                    .append('\n')
                    .append(problem.excerpt());
        }
        return report.append(summary(problems)).append('\n').toString();
    }

    private static String coloured(SpecProblem problem) {
        String path = "\u001b[31m" + problem.shownPath() + "\u001b[0m";
        String hint = problem.hint() == null ? "" : " (\u001b[36m" + problem.hint() + "\u001b[0m)";
        return "\u001b[1m" + problem.place() + "\u001b[0m: " + path + problem.message() + hint;
    }

    private static String summary(List<SpecProblem> problems) {
        if (problems.size() >= Findings.MOST) {
            return "the first " + problems.size() + " problems";
        }
        return problems.size() == 1 ? "1 problem" : problems.size() + " problems";
    }
}
