package dev.fovea.bin;

import dev.fovea.dsl.ResolvedSpec;
import dev.fovea.dsl.SpecException;
import dev.fovea.dsl.SpecProblem;
import dev.fovea.dsl.SpecReader;
import dev.fovea.dsl.Study;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `fovea validate SPEC...`: all that is wrong with specs, without running anything.
@Command(
        name = "validate",
        description = "Check specs and name everything that is wrong with them. Nothing is run or written.")
final class ValidateVerb implements Callable<Integer> {
    private final Fovea fovea;

    @Parameters(arity = "1..*", paramLabel = "SPEC", description = "YAML files")
    private List<Path> files = new ArrayList<>();

    @Option(names = "--strict", description = "warnings count as errors")
    private boolean strict;

    @Option(names = "--format", paramLabel = "FORMAT", description = "text or json (default: text)")
    private Format format = Format.text;

    @Option(names = "--json", description = "the same as --format json")
    private boolean json;

    ValidateVerb(Fovea fovea) {
        this.fovea = fovea;
    }

    /// How to print.
    enum Format {
        /// for people
        text,
        /// for programs
        json
    }

    /// What is known of one file.
    ///
    /// @param key run key; empty if the spec is not valid
    record Verdict(String file, boolean valid, String key, List<SpecProblem> errors, List<SpecProblem> warnings) {}

    @Override
    public Integer call() {
        List<Verdict> verdicts = new ArrayList<>();
        boolean asJson = json || format == Format.json;
        for (Path file : files) {
            verdicts.add(check(file, asJson));
        }
        if (asJson) {
            fovea.out().println(Json.text(verdicts));
        }
        return (verdicts.stream().allMatch(Verdict::valid) ? ExitCode.OK : ExitCode.SPEC).code();
    }

    private Verdict check(Path file, boolean silent) {
        try {
            Study study = SpecReader.readStudy(fovea.input(file), List.of());
            ResolvedSpec spec = study.baseline();
            boolean valid = !strict || spec.warnings().isEmpty();
            if (!silent) {
                SpecArguments.warn(fovea, spec.warnings());
                print(file, study, valid);
            }
            return new Verdict(file.toString(), valid, spec.key().text(), List.of(), spec.warnings());
        } catch (SpecException e) {
            if (!silent) {
                fovea.out().flush();
                fovea.err().print(e.report(fovea.errStyle().colour()));
            }
            return new Verdict(file.toString(), false, "", e.problems(), List.of());
        }
    }

    private void print(Path file, Study study, boolean valid) {
        ResolvedSpec spec = study.baseline();
        if (valid && !fovea.quiet()) {
            fovea.out()
                    .println(file + ": " + fovea.outStyle().good("valid") + "  "
                            + spec.spec().name() + "  " + spec.key().text() + points(study));
        } else if (!valid) {
            fovea.err().println(file + ": " + fovea.errStyle().bad("has warnings") + ", and --strict was asked for");
        }
    }

    private static String points(Study study) {
        int points = study.sweeps().stream().mapToInt(s -> s.points().size()).sum();
        int sweeps = study.sweeps().size();
        return sweeps == 0 ? "" : "  " + points + " points in " + (sweeps == 1 ? "1 sweep" : sweeps + " sweeps");
    }
}
