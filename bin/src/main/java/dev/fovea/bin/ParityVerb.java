package dev.fovea.bin;

import dev.fovea.bin.terminal.ProgressLine;
import dev.fovea.bin.terminal.Quantities;
import dev.fovea.dsl.spec.RunSpec;
import dev.fovea.runtime.exec.Backend;
import dev.fovea.runtime.parity.CaseReport;
import dev.fovea.runtime.parity.Finding;
import dev.fovea.runtime.parity.GoldenException;
import dev.fovea.runtime.parity.GoldenFolder;
import dev.fovea.runtime.parity.Parity;
import dev.fovea.runtime.train.Backends;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `fovea parity DIR`: recorded cases of the reference implementation against our own code.
@Command(
        name = "parity",
        description = "Compute recorded cases of the reference implementation and compare every tensor, within the "
                + "tolerances that the cases record. Ends with 4 unless all pass.")
final class ParityVerb implements Callable<Integer> {
    private final Fovea fovea;

    @Parameters(paramLabel = "DIR", description = "folder of the cases")
    private Path folder = Path.of("");

    @Option(names = "--backend", paramLabel = "NAME", description = "cpu, reference or tornado (default: cpu)")
    private Computing backend = Computing.cpu;

    @Option(
            names = "--gemm",
            paramLabel = "WHO",
            description = "who multiplies matrices on the cpu: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE})")
    private Multiplying gemm = Multiplying.auto;

    @Option(names = "--case", paramLabel = "GLOB", description = "only cases whose names match, such as '06_*'")
    private List<String> globs = new ArrayList<>();

    @Option(names = "--json", description = "print the findings as JSON")
    private boolean json;

    ParityVerb(Fovea fovea) {
        this.fovea = fovea;
    }

    /// What computes; spelled as on the command line.
    enum Computing {
        /// float32 on all cores
        cpu,
        /// double, one thread
        reference,
        /// the accelerator
        tornado
    }

    /// Who multiplies; spelled as on the command line.
    enum Multiplying {
        /// oneDNN where it can be used, else Java
        auto,
        /// plain Java
        java,
        /// oneDNN
        onednn
    }

    @Override
    public Integer call() {
        GoldenFolder golden = golden();
        List<String> names = chosen(golden);
        List<CaseReport> reports = new ArrayList<>();
        String device;
        try (Backend open = open();
                ProgressLine line = new ProgressLine(fovea.err(), fovea.look(), System::nanoTime, () -> null)) {
            device = open.describe();
            for (String name : names) {
                if (json || !fovea.surroundings().terminal().out()) {
                    line.progress("cases", reports.size(), names.size());
                }
                CaseReport report = Parity.run(golden, name, open);
                reports.add(report);
                if (!json) {
                    print(report);
                }
            }
        }
        long failed = reports.stream().filter(r -> !r.passed()).count();
        if (json) {
            fovea.out().println(Json.text(asJson(device, reports)));
        } else {
            printTotal(device, reports, failed);
        }
        return (failed == 0 ? ExitCode.OK : ExitCode.RUN_FAILED).code();
    }

    private GoldenFolder golden() {
        try {
            return GoldenFolder.open(fovea.input(folder));
        } catch (GoldenException e) {
            throw new UserError(ExitCode.USAGE, String.valueOf(e.getMessage()), e);
        }
    }

    private List<String> chosen(GoldenFolder golden) {
        if (globs.isEmpty()) {
            return golden.names();
        }
        List<PathMatcher> matchers = globs.stream().map(ParityVerb::matcher).toList();
        List<String> names = golden.names().stream()
                .filter(name -> matchers.stream().anyMatch(m -> m.matches(Path.of(name))))
                .toList();
        if (names.isEmpty()) {
            throw new UserError(
                    ExitCode.USAGE,
                    "--case " + String.join(" ", globs) + ": none of the "
                            + golden.names().size() + " cases in " + fovea.shown(golden.path()) + " matches");
        }
        return names;
    }

    private static PathMatcher matcher(String glob) {
        try {
            return FileSystems.getDefault().getPathMatcher("glob:" + glob);
        } catch (PatternSyntaxException e) {
            throw new UserError(ExitCode.USAGE, "--case " + glob + ": " + e.getDescription(), e);
        }
    }

    private Backend open() {
        try {
            return Backends.open(
                    RunSpec.Backend.valueOf(backend.name().toUpperCase(Locale.ROOT)),
                    RunSpec.Gemm.valueOf(gemm.name().toUpperCase(Locale.ROOT)),
                    0);
        } catch (RuntimeException e) {
            String message = String.valueOf(e.getMessage());
            throw new UserError(
                    ExitCode.UNAVAILABLE,
                    message.replace("run.backend: ", "--backend ").replace("run.gemm: ", "--gemm: "),
                    e);
        }
    }

    private void print(CaseReport report) {
        int width = report.findings().stream()
                .mapToInt(finding -> finding.tensor().length())
                .max()
                .orElse(0);
        for (Finding finding : report.findings()) {
            fovea.out().println(line(report.name(), width, finding));
        }
        fovea.out()
                .println(verdict(report.passed()) + "  " + fovea.outStyle().bold(report.name()) + "  " + sum(report));
        fovea.out().flush();
    }

    private String line(String name, int width, Finding finding) {
        String line = String.format(
                Locale.ROOT,
                "%s  %s  %-" + width + "s  error %s  allowed %s",
                verdict(finding.passed()),
                name,
                finding.tensor(),
                number(finding.worst()),
                number(finding.allowed()));
        return (line + (finding.detail().isEmpty() ? "" : "  " + finding.detail())).stripTrailing();
    }

    private String verdict(boolean passed) {
        return passed ? fovea.outStyle().good("ok    ") : fovea.outStyle().bad("FAILED");
    }

    private static String number(double value) {
        return Double.isNaN(value) ? String.format("%-8s", "-") : String.format(Locale.ROOT, "%-8.2g", value);
    }

    private static String sum(CaseReport report) {
        String count = report.findings().size() + " comparisons";
        String failures = report.failures() == 0 ? "" : ", " + report.failures() + " failed";
        return report.kind() + ", " + count + failures + ", " + Quantities.time(report.seconds());
    }

    private void printTotal(String device, List<CaseReport> reports, long failed) {
        long tensors = reports.stream().mapToLong(r -> r.findings().size()).sum();
        long wrong = reports.stream().mapToLong(CaseReport::failures).sum();
        double seconds = reports.stream().mapToDouble(CaseReport::seconds).sum();
        fovea.out().println();
        fovea.out()
                .println(verdict(failed == 0) + "  " + (reports.size() - failed) + " of " + reports.size()
                        + " cases pass, " + (tensors - wrong) + " of " + tensors + " comparisons, "
                        + Quantities.time(seconds) + " on " + device);
        reports.stream()
                .filter(r -> !r.passed())
                .forEach(r -> fovea.out().println("        " + r.name() + "  " + r.failures() + " failed"));
    }

    private Map<String, Object> asJson(String device, List<CaseReport> reports) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("folder", fovea.shown(fovea.input(folder)));
        all.put("backend", backend.name());
        all.put("device", device);
        all.put("passed", reports.stream().allMatch(CaseReport::passed));
        all.put("cases_passed", reports.stream().filter(CaseReport::passed).count());
        all.put("cases_failed", reports.stream().filter(r -> !r.passed()).count());
        all.put("cases", reports.stream().map(ParityVerb::asJson).toList());
        return all;
    }

    private static Map<String, Object> asJson(CaseReport report) {
        Map<String, Object> one = new LinkedHashMap<>();
        one.put("name", report.name());
        one.put("kind", report.kind());
        one.put("passed", report.passed());
        one.put("seconds", report.seconds());
        one.put("tensors", report.findings().stream().map(ParityVerb::asJson).toList());
        return one;
    }

    /// Errors that are not finite are null: JSON has no such numbers.
    private static Map<String, @Nullable Object> asJson(Finding finding) {
        Map<String, @Nullable Object> one = new LinkedHashMap<>();
        one.put("tensor", finding.tensor());
        one.put("passed", finding.passed());
        one.put("error", Double.isFinite(finding.worst()) ? finding.worst() : null);
        one.put("allowed", Double.isFinite(finding.allowed()) ? finding.allowed() : null);
        one.put("detail", finding.detail());
        return one;
    }
}
