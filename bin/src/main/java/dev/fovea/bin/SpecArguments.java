package dev.fovea.bin;

import dev.fovea.dsl.ResolvedSpec;
import dev.fovea.dsl.SpecProblem;
import dev.fovea.dsl.SpecReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `SPEC [key=value...]`, as many verbs take it.
public final class SpecArguments {
    @Parameters(index = "0", paramLabel = "SPEC", description = "a YAML file")
    private Path file = Path.of("");

    @Parameters(
            index = "1..*",
            arity = "0..*",
            paramLabel = "key=value",
            description = "a value to use instead, as in optim.lr=1e-3")
    private List<String> overrides = new ArrayList<>();

    @Option(
            names = {"-s", "--set"},
            paramLabel = "key=value",
            description = "the same as an option, for scripts; may be repeated")
    private @Nullable List<String> settings;

    /// The file as the user wrote it.
    public Path file() {
        return file;
    }

    /// Every `key=value`, those of `--set` last.
    ///
    /// @throws UserError if one has no `=`
    public List<String> overrides() {
        List<String> all = new ArrayList<>(overrides);
        if (settings != null) {
            all.addAll(settings);
        }
        for (String each : all) {
            if (each.indexOf('=') <= 0) {
                throw new UserError(
                        ExitCode.USAGE, "\"" + each + "\" is no key=value, such as optim.lr=1e-3 (one SPEC at a time)");
            }
        }
        return all;
    }

    /// Reads the spec and prints its warnings.
    ///
    /// @throws dev.fovea.dsl.SpecException if it is not valid
    public ResolvedSpec read(Fovea fovea) {
        return read(fovea, null);
    }

    /// Reads the spec with another number of threads, and prints its warnings.
    ///
    /// @param threads what `--threads` said, which wins over `run.threads`; null for what the spec says
    /// @throws dev.fovea.dsl.SpecException if it is not valid
    /// @throws UserError if `threads` is below 1
    ResolvedSpec read(Fovea fovea, @Nullable Integer threads) {
        List<String> all = new ArrayList<>(overrides());
        if (threads != null) {
            all.add("run.threads=" + Threads.of(threads));
        }
        ResolvedSpec spec = SpecReader.read(fovea.input(file), all);
        warn(fovea, spec.warnings());
        return spec;
    }

    /// Prints warnings to standard error.
    static void warn(Fovea fovea, List<SpecProblem> warnings) {
        for (SpecProblem warning : fovea.quiet() ? List.<SpecProblem>of() : warnings) {
            fovea.err().println(fovea.errStyle().warning("warning:") + " " + warning.headline());
            fovea.err().print(warning.excerpt());
        }
    }
}
