package dev.fovea.bin;

import dev.fovea.bin.doctor.Check;
import dev.fovea.bin.doctor.JavaChecks;
import dev.fovea.bin.doctor.MachineChecks;
import dev.fovea.bin.doctor.TrackingCheck;
import dev.fovea.bin.terminal.Style;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `fovea doctor`: whether this machine has what fovea needs.
@Command(
        name = "doctor",
        description = "Look at the JVM, the machine and the services that fovea uses, and say what to put right. "
                + "Ends with 6 if something must be.")
final class DoctorVerb implements Callable<Integer> {
    private final Fovea fovea;

    @Option(names = "--json", description = "print the findings as JSON")
    private boolean json;

    @Option(names = "--runs", paramLabel = "DIR", description = "folder of the runs (default: runs)")
    private Path runs = Path.of("runs");

    DoctorVerb(Fovea fovea) {
        this.fovea = fovea;
    }

    @Override
    public Integer call() {
        List<Check> checks = new ArrayList<>(JavaChecks.all());
        checks.addAll(MachineChecks.all(fovea.resolve(runs), fovea.environment()));
        checks.add(TrackingCheck.check(fovea.environment()));
        if (json) {
            fovea.out().println(Json.text(checks));
        } else {
            checks.forEach(this::print);
        }
        boolean bad = checks.stream().anyMatch(check -> check.state() == Check.State.BAD);
        return (bad ? ExitCode.UNAVAILABLE : ExitCode.OK).code();
    }

    private void print(Check check) {
        Style style = fovea.outStyle();
        String state = switch (check.state()) {
            case GOOD -> style.good("ok  ");
            case NOTE -> style.warning("note");
            case BAD -> style.bad("bad ");
        };
        fovea.out().println(state + "  " + String.format("%-9s", check.name()) + " " + check.fact());
        if (!check.hint().isEmpty()) {
            fovea.out().println(" ".repeat(16) + style.faint("-> " + check.hint()));
        }
    }
}
