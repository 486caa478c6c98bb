package dev.fovea.bin;

import dev.fovea.bin.terminal.Quantities;
import dev.fovea.datasets.DataException;
import dev.fovea.dsl.SpecException;
import dev.fovea.dsl.run.StoreException;
import dev.fovea.runtime.train.RunException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IExitCodeExceptionMapper;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/// Turns whatever went wrong into one message and one exit code.
final class Problems implements IExecutionExceptionHandler, IParameterExceptionHandler, IExitCodeExceptionMapper {
    private final Fovea fovea;

    Problems(Fovea fovea) {
        this.fovea = fovea;
    }

    @Override
    public int getExitCode(Throwable problem) {
        return switch (problem) {
            case UserError error -> error.exitCode().code();
            case SpecException _ -> ExitCode.SPEC.code();
            case RunException run -> code(run.kind()).code();
            case DataException _ -> ExitCode.RUN_FAILED.code();
            case StoreException _ -> ExitCode.RUN_FAILED.code();
            case ParameterException _ -> ExitCode.USAGE.code();
            case IOException _ -> ExitCode.RUN_FAILED.code();
            case UncheckedIOException _ -> ExitCode.RUN_FAILED.code();
            case OutOfMemoryError _ -> ExitCode.RUN_FAILED.code();
            default -> ExitCode.INTERNAL.code();
        };
    }

    private static ExitCode code(RunException.Kind kind) {
        return switch (kind) {
            case SPEC -> ExitCode.SPEC;
            case BACKEND -> ExitCode.UNAVAILABLE;
            case NOT_FINITE, OUT_OF_MEMORY, DATA, STORAGE -> ExitCode.RUN_FAILED;
        };
    }

    @Override
    public int handleParseException(ParameterException problem, String[] arguments) {
        CommandLine verb = problem.getCommandLine();
        say(usageMessage(problem));
        fovea.err().println("try: " + verb.getCommandSpec().qualifiedName() + " --help");
        return finish(problem);
    }

    @Override
    public int handleExecutionException(Exception problem, CommandLine verb, ParseResult parsed) {
        if (problem instanceof SpecException spec) {
            fovea.err().print(spec.report(fovea.errStyle().colour()));
        } else if (getExitCode(problem) == ExitCode.INTERNAL.code()) {
            say("internal error: " + problem);
            fovea.err()
                    .println(
                            fovea.verbose()
                                    ? "please report this with the lines below"
                                    : "please report this with what the same command says with -v");
        } else {
            say(message(problem));
        }
        return finish(problem);
    }

    int outOfMemory(OutOfMemoryError problem) {
        say("out of memory (" + problem.getMessage() + "); the JVM may use "
                + Quantities.bytes(Runtime.getRuntime().maxMemory())
                + " of heap. Smaller batches need less, and FOVEA_JAVA_OPTS=-Xmx8g gives more");
        return finish(problem);
    }

    private int finish(Throwable problem) {
        if (fovea.verbose()) {
            problem.printStackTrace(fovea.err());
        }
        fovea.err().flush();
        return getExitCode(problem);
    }

    private void say(String message) {
        PrintWriter err = fovea.err();
        err.println(fovea.errStyle().bad("fovea:") + " " + message);
    }

    private static String message(Exception problem) {
        String detail = problem.getMessage() == null ? problem.getClass().getSimpleName() : problem.getMessage();
        return switch (problem) {
            case NoSuchFileException missing -> "no such file: " + missing.getFile();
            case AccessDeniedException denied -> "no permission: " + denied.getFile();
            case FileSystemException file -> file.getFile() + ": " + file.getReason();
            case IOException _ -> "reading or writing failed: " + detail;
            default -> detail;
        };
    }

    private static String usageMessage(ParameterException problem) {
        if (!(problem instanceof UnmatchedArgumentException unmatched)) {
            return firstLine(String.valueOf(problem.getMessage()));
        }
        CommandLine verb = problem.getCommandLine();
        String word = unmatched.getUnmatched().getFirst();
        boolean top = verb.getParent() == null;
        String kind = word.startsWith("-") ? "unknown option " : top ? "unknown verb " : "unexpected argument ";
        return kind + '"' + word + '"' + nearest(unmatched.getSuggestions());
    }

    private static String nearest(List<String> suggestions) {
        return suggestions.isEmpty()
                ? ""
                : " (did you mean \"" + suggestions.getFirst().strip().split("[=, ]")[0] + "\"?)";
    }

    private static String firstLine(String text) {
        return text.lines().findFirst().orElse(text);
    }
}
