package dev.fovea.bin;

import dev.fovea.bin.bench.BenchVerb;
import dev.fovea.bin.terminal.ProgressLine;
import dev.fovea.bin.terminal.Style;
import dev.fovea.bin.terminal.TerminalFacts;
import dev.fovea.bin.terminal.TerminalWidth;
import dev.fovea.runtime.train.Experiment;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.UsageMessageSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/// The command itself: the options that every verb knows, and what verbs share.
@Command(
        name = "fovea",
        description = "A research workbench for vision encoders that look at up to 4K pixels: "
                + "a YAML spec becomes a trained, tracked, reproducible run.",
        synopsisSubcommandLabel = "VERB")
public final class Fovea implements Callable<Integer> {
    private static final int SECONDS_BETWEEN_LINES = 10;

    private final Surroundings surroundings;
    private final Training training;
    private final Function<PrintWriter, Signals> listening;

    @Option(names = "-C", paramLabel = "DIR", scope = ScopeType.INHERIT, description = "work as if started in DIR")
    private @Nullable Path directory;

    @Option(
            names = "--color",
            paramLabel = "WHEN",
            scope = ScopeType.INHERIT,
            description = "auto, always or never (default: auto; NO_COLOR is honoured)")
    private ColourChoice colour = ColourChoice.auto;

    @Option(
            names = {"-v", "--verbose"},
            scope = ScopeType.INHERIT,
            description = "say more; show where errors come from")
    private boolean verbose;

    @Option(
            names = {"-q", "--quiet"},
            scope = ScopeType.INHERIT,
            description = "say only what was asked for, and errors")
    private boolean quiet;

    /// @param surroundings where it runs
    /// @param training what `fovea run` runs
    /// @param listening begins to listen to signals, telling the user through the given writer
    Fovea(Surroundings surroundings, Training training, Function<PrintWriter, Signals> listening) {
        this.surroundings = surroundings;
        this.training = training;
        this.listening = listening;
    }

    /// When to write colours; spelled as on the command line.
    enum ColourChoice {
        /// on terminals
        auto,
        /// everywhere
        always,
        /// nowhere
        never
    }

    /// Runs a command line and ends the process with its exit code.
    public static void main(String[] arguments) {
        StandardError.restore();
        Logging.prepare(arguments);
        Surroundings surroundings = Surroundings.ofProcess();
        int code = run(surroundings, arguments);
        surroundings.out().flush();
        surroundings.err().flush();
        System.exit(code);
    }

    /// Runs a command line to its end.
    ///
    /// @return the exit code
    public static int run(Surroundings surroundings, String... arguments) {
        return run(new Fovea(surroundings, Experiment::run, Signals::install), arguments);
    }

    static int run(Fovea fovea, String... arguments) {
        Problems problems = new Problems(fovea);
        try {
            return commandLine(fovea, problems, arguments).execute(arguments);
        } catch (OutOfMemoryError e) {
            return problems.outOfMemory(e);
        } finally {
            fovea.out().flush();
            fovea.err().flush();
        }
    }

    /// All verbs, ready to parse.
    static CommandLine commandLine(Fovea fovea, Problems problems, String... arguments) {
        CommandLine line = new CommandLine(fovea);
        for (Object verb : fovea.verbs()) {
            line.addSubcommand(verb);
        }
        configure(line);
        line.setOut(fovea.surroundings.out());
        line.setErr(fovea.surroundings.err());
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setUsageHelpWidth(Math.clamp(fovea.surroundings.terminal().columns(), 80, 100));
        line.setColorScheme(Help.defaultColorScheme(fovea.colourOf(arguments) ? Help.Ansi.ON : Help.Ansi.OFF));
        line.setParameterExceptionHandler(problems);
        line.setExecutionExceptionHandler(problems);
        line.setExitCodeExceptionMapper(problems);
        return line;
    }

    private List<Object> verbs() {
        return List.of(
                new RunVerb(this, training, listening),
                new ValidateVerb(this),
                new ShowVerb(this),
                new CostVerb(this),
                BenchVerb.commandLine(this),
                new EncodeVerb(this),
                new ParityVerb(this),
                new StatusVerb(this, surroundings.clock()),
                new SyncVerb(this),
                new CommandLine(new DataVerb()).addSubcommand(new DataExportVerb(this)),
                new CommandLine(new CheckpointVerb())
                        .addSubcommand(new CheckpointShowVerb(this))
                        .addSubcommand(new CheckpointExportVerb(this))
                        .addSubcommand(new CheckpointDiffVerb(this)),
                new SchemaVerb(this),
                new DoctorVerb(this),
                new CompletionVerb(this));
    }

    private static void configure(CommandLine line) {
        CommandSpec spec = line.getCommandSpec();
        spec.mixinStandardHelpOptions(true);
        spec.versionProvider(Version::lines);
        UsageMessageSpec usage = spec.usageMessage();
        usage.abbreviateSynopsis(true);
        usage.sortOptions(false);
        usage.exitCodeListHeading("%nExit codes:%n");
        usage.exitCodeList(ExitCode.help());
        usage.parameterListHeading("%nArguments:%n");
        usage.optionListHeading("%nOptions:%n");
        usage.commandListHeading("%nVerbs:%n");
        line.getSubcommands().values().forEach(Fovea::configure);
    }

    @Override
    public Integer call() {
        CommandLine line = commandLine(this, new Problems(this));
        line.usage(surroundings.out());
        return ExitCode.OK.code();
    }

    /// Where results go.
    public PrintWriter out() {
        return surroundings.out();
    }

    /// Where everything else goes.
    public PrintWriter err() {
        return surroundings.err();
    }

    /// Where it runs.
    public Surroundings surroundings() {
        return surroundings;
    }

    /// Variables of the process.
    public Map<String, String> environment() {
        return surroundings.environment();
    }

    /// Whether `-v` was given.
    public boolean verbose() {
        return verbose;
    }

    /// Whether `-q` was given.
    public boolean quiet() {
        return quiet;
    }

    /// Colours of standard output.
    public Style outStyle() {
        return colour(colour, surroundings.terminal().out()) ? Style.COLOUR : Style.PLAIN;
    }

    /// Colours of standard error.
    public Style errStyle() {
        return colour(colour, surroundings.terminal().err()) ? Style.COLOUR : Style.PLAIN;
    }

    /// How progress is shown.
    public ProgressLine.Look look() {
        TerminalFacts terminal = surroundings.terminal();
        return new ProgressLine.Look(
                terminal.err(),
                quiet,
                terminal.err() ? TerminalWidth.of(terminal.columns()) : terminal::columns,
                terminal.unicode(),
                SECONDS_BETWEEN_LINES,
                errStyle());
    }

    /// The file or folder that the user means by a path: seen from `-C`, and short where it can be.
    public Path input(Path path) {
        Path whole = resolve(path).toAbsolutePath().normalize();
        Path here = Path.of("").toAbsolutePath();
        return whole.startsWith(here) && !whole.equals(here) ? here.relativize(whole) : whole;
    }

    /// A path as the user wrote it, seen from the folder he works in.
    public Path resolve(Path path) {
        return workingFolder().resolve(path).normalize();
    }

    /// A path as messages show it: relative to the folder the user works in where it lies within.
    public String shown(Path path) {
        Path folder = surroundings.directory().toAbsolutePath();
        Path whole = path.toAbsolutePath().normalize();
        return whole.startsWith(folder) && !whole.equals(folder)
                ? folder.relativize(whole).toString()
                : whole.toString();
    }

    private Path workingFolder() {
        if (directory == null) {
            return surroundings.directory();
        }
        Path folder = surroundings.directory().resolve(directory);
        if (!Files.isDirectory(folder)) {
            throw new UserError(ExitCode.USAGE, "-C: no such folder: " + directory);
        }
        return folder;
    }

    private boolean colour(ColourChoice choice, boolean terminal) {
        return switch (choice) {
            case always -> true;
            case never -> false;
            case auto ->
                terminal
                        && environment().getOrDefault("NO_COLOR", "").isEmpty()
                        && !environment().getOrDefault("TERM", "").equals("dumb");
        };
    }

    /// The colour of `--help`, which is printed before the options are known.
    private boolean colourOf(String[] arguments) {
        ColourChoice choice = ColourChoice.auto;
        for (int i = 0; i < arguments.length; i++) {
            String value = arguments[i].startsWith("--color=")
                    ? arguments[i].substring("--color=".length())
                    : arguments[i].equals("--color") && i + 1 < arguments.length ? arguments[i + 1] : "";
            for (ColourChoice each : ColourChoice.values()) {
                choice = each.name().equals(value) ? each : choice;
            }
        }
        return colour(choice, surroundings.terminal().out());
    }
}
