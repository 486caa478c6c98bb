package dev.fovea.bin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fovea.bin.Cli.Said;
import dev.fovea.bin.terminal.TerminalFacts;
import dev.fovea.dsl.ResolvedSpec;
import dev.fovea.dsl.SpecReader;
import dev.fovea.dsl.run.Journal;
import dev.fovea.dsl.run.JournalEntry;
import dev.fovea.dsl.run.RunFolder;
import dev.fovea.runtime.train.Outcome;
import dev.fovea.runtime.train.RunException;
import dev.fovea.runtime.train.RunListener;
import dev.fovea.runtime.train.RunListener.Named;
import dev.fovea.runtime.train.RunListener.RunStart;
import dev.fovea.runtime.train.RunListener.Score;
import dev.fovea.runtime.train.RunListener.StepReport;
import dev.fovea.runtime.train.RunListener.StopReason;
import dev.fovea.runtime.train.RunOptions;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// `fovea run` around a training that is played.
class RunVerbTest {
    @TempDir
    private Path folder = Path.of("");

    private Cli cli = Cli.in(Path.of(""));
    private final List<RunOptions> asked = new ArrayList<>();
    private @Nullable StopReason signal;

    @BeforeEach
    void writeSpec() throws Exception {
        cli = Cli.in(folder);
        cli.spec("a.yaml");
    }

    @Test
    void showsProgressThenTheTableThenWhereThingsAre() {
        Said said = run(this::train, "a.yaml");
        assertThat(said.code()).as(said.err()).isZero();
        assertThat(said.err())
                .startsWith("small  f2-")
                .contains("1.00K parameters, 12 steps\n  cpu\n")
                .contains("step  1/12  loss 3.000  2.00 images/s  1.0 s left")
                .contains("step 12/12  loss 3.000");
        Path run = asked.getFirst().runs().resolve(key());
        assertThat(said.out()).isEqualTo("""
                ┌──────────────────────────┬────────┬────────┬───────┐
                │ metric                   │  value │ chance │ ratio │
                ├──────────────────────────┼────────┼────────┼───────┤
                │ local-retrieval R@1, new │ 0.2500 │ 0.0100 │ 25.0x │
                └──────────────────────────┴────────┴────────┴───────┘
                  run      runs/%1$s
                  picture  runs/%1$s/results/curves.png
                  tracked  mlruns/0/abc
                """.formatted(key()));
        assertThat(run.resolve("results/curves.svg")).isRegularFile();
    }

    @Test
    void quietLeavesTheResult() {
        Said said = run(this::train, "a.yaml", "-q");
        assertThat(said.err()).isEmpty();
        assertThat(said.out()).contains("local-retrieval R@1");
    }

    @Test
    void theOutcomeAsJson() {
        JsonNode outcome = JsonMapper.shared()
                .readTree(run(this::train, "a.yaml", "--json", "-q").out());
        assertThat(outcome.get("key").asString()).isEqualTo(key());
        assertThat(outcome.get("step").asLong()).isEqualTo(12);
        assertThat(outcome.get("scores").get(0).get("value").asDouble()).isEqualTo(0.25);
        assertThat(outcome.get("stopped").asString()).isEmpty();
    }

    @Test
    void passesWhatTheUserSays() {
        run(this::train, "a.yaml", "--resume", "never", "--steps", "7", "--runs", "elsewhere");
        RunOptions options = asked.getFirst();
        assertThat(options.resume()).isFalse();
        assertThat(options.stopAfter()).isEqualTo(7);
        assertThat(options.runs()).isEqualTo(folder.resolve("elsewhere"));
        assertThat(options.cache()).isEqualTo(folder.resolve("cache"));
        run(this::train, "a.yaml");
        assertThat(asked.getLast().resume()).isTrue();
        assertThat(asked.getLast().stopAfter()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"INTERRUPTED, 130, interrupted", "TERMINATED, 143, terminated", "PREEMPTED, 75, preempted"})
    void aSignalSavesAndTellsHowToGoOn(StopReason reason, int code, String word) {
        signal = reason;
        Said said = run(this::train, "a.yaml");
        assertThat(said.code()).isEqualTo(code);
        assertThat(said.out()).startsWith(word + " after step 3 of 12; the same command goes on from there\n");
        assertThat(said.out()).doesNotContain("local-retrieval");
    }

    @ParameterizedTest
    @EnumSource(RunException.Kind.class)
    void aFailureIsOneLineAndItsCode(RunException.Kind kind) {
        Said said = run(
                (spec, options, listener) -> {
                    throw new RunException(kind, "the loss is nan after step 4", new IllegalStateException("inner"));
                },
                "a.yaml");
        int code = switch (kind) {
            case SPEC -> 3;
            case BACKEND -> 6;
            case NOT_FINITE, OUT_OF_MEMORY, DATA, STORAGE -> 4;
        };
        assertThat(said).isEqualTo(new Said(code, "", "fovea: the loss is nan after step 4\n"));
    }

    @Test
    void aDefectOfOursIsToldAsSuch() {
        Said said = run(
                (spec, options, listener) -> {
                    throw new IllegalStateException("slot 3 twice");
                },
                "a.yaml");
        assertThat(said.code()).isEqualTo(1);
        assertThat(said.err()).isEqualTo("""
                fovea: internal error: java.lang.IllegalStateException: slot 3 twice
                please report this with what the same command says with -v
                """);
    }

    @Test
    void filesThatFailAreNamed() {
        Said unread = run(
                (spec, options, listener) -> {
                    throw new UncheckedIOException("a.yaml: cannot be read", new IOException("inner"));
                },
                "a.yaml");
        assertThat(unread).isEqualTo(new Said(4, "", "fovea: a.yaml: cannot be read\n"));
    }

    @Test
    void withoutMemoryItSaysWhatHelps() {
        Said said = run(
                (spec, options, listener) -> {
                    throw new OutOfMemoryError("Java heap space");
                },
                "a.yaml");
        assertThat(said.code()).isEqualTo(4);
        assertThat(said.err())
                .startsWith("fovea: out of memory (Java heap space); ")
                .contains("FOVEA_JAVA_OPTS=-Xmx");
    }

    @Test
    void tornadoWithoutItsSdkIsUnavailable() {
        Said said = run(this::train, "a.yaml", "run.backend=tornado");
        assertThat(said.code()).isEqualTo(6);
        assertThat(said.err())
                .isEqualTo("fovea: run.backend: tornado cannot be used: TORNADOVM_HOME is not set; "
                        + "install a TornadoVM SDK 5.2.0 for JDK 25 and set TORNADOVM_HOME to its folder"
                        + " (or train with run.backend=cpu)\n");
        assertThat(asked).isEmpty();
    }

    @Test
    void aDryRunDoesNothing() throws Exception {
        Said said = run(this::train, "a.yaml", "--dry-run");
        assertThat(said.code()).isZero();
        assertThat(said.out())
                .isEqualTo("""
                small  %s
                  folder   %s (new)
                  length   12 steps, 4 examples in a step
                  backend  auto
                """.formatted(key(), folder.resolve("runs").resolve(key())));
        assertThat(asked).isEmpty();
        assertThat(folder.resolve("runs")).doesNotExist();
        run(this::train, "a.yaml");
        assertThat(run(this::train, "a.yaml", "--dry-run").out()).contains("(finished at step 12/12)");
    }

    @Test
    void wrongNumbersOfStepsAreUsageErrors() {
        assertThat(run(this::train, "a.yaml", "--steps", "0"))
                .isEqualTo(new Said(2, "", "fovea: --steps 0: must be at least 1\n"));
        assertThat(run(this::train, "a.yaml", "--steps", "many").code()).isEqualTo(2);
    }

    @Test
    void anInvalidSpecStartsNothing() {
        assertThat(run(this::train, "a.yaml", "batch.global=none").code()).isEqualTo(3);
        assertThat(run(this::train, "gone.yaml").code()).isEqualTo(3);
        assertThat(asked).isEmpty();
    }

    @Test
    void picturesThatCannotBeDrawnDoNotFailTheRun() {
        Said said = run(
                (spec, options, listener) -> {
                    Outcome outcome = train(spec, options, listener);
                    Path samples =
                            Files.createDirectories(outcome.folder().results().resolve("selection"));
                    Files.writeString(samples.resolve("samples.json"), "[{}]");
                    return outcome;
                },
                "a.yaml");
        assertThat(said.code()).isZero();
        assertThat(said.err()).contains("warning: the pictures could not be drawn: ");
        assertThat(said.out()).contains("local-retrieval");
    }

    /// As [Training], but files may fail.
    private interface Played {
        Outcome run(ResolvedSpec spec, RunOptions options, RunListener listener) throws IOException;
    }

    private Said run(Played played, String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        Cli here = new Cli(folder, Map.of("FOVEA_CACHE", folder.resolve("cache").toString()), TerminalFacts.none());
        Training training = (spec, options, listener) -> {
            try {
                return played.run(spec, options, listener);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        };
        Signals signals = new Signals(new PrintWriter(err), () -> {});
        if (signal != null) {
            signals.arrived(signal);
        }
        Fovea fovea = new Fovea(here.surroundings(out, err), training, writer -> signals);
        List<String> line = new ArrayList<>(List.of("run"));
        line.addAll(List.of(arguments));
        int code = Fovea.run(fovea, line.toArray(String[]::new));
        return new Said(code, out.toString(), err.toString());
    }

    private String key() {
        return SpecReader.read(folder.resolve("a.yaml"), List.of()).key().text();
    }

    @SuppressWarnings("NullAway") // a class file does not keep @Nullable on parameters of a compact constructor
    private static Outcome outcome(RunFolder folder, long step, @Nullable StopReason stop, List<Score> scores) {
        return new Outcome(folder, step, 12, stop, scores, "mlruns/0/abc");
    }

    /// Three steps, or all twelve if nobody asks to stop.
    private Outcome train(ResolvedSpec spec, RunOptions options, RunListener listener) {
        asked.add(options);
        RunFolder folder = RunFolder.create(options.runs(), spec.key().text(), "", spec.yaml(false));
        listener.started(new RunStart(folder.key(), spec.spec().name(), folder.path(), 0, 12, "cpu", 2, 1000, 0));
        try (Journal journal = Journal.openForAppend(folder.journalFile())) {
            journal.append(new JournalEntry.Started(1000, 1, folder.key(), Map.of()));
            StopReason stop = null;
            long step = 0;
            while (step < 12 && stop == null) {
                step++;
                listener.step(new StepReport(step, 12, List.of(new Named("loss", 3)), 2, 1, 0));
                SequencedMap<String, Double> values = new LinkedHashMap<>(Map.of("loss", 3.0 / step));
                journal.append(new JournalEntry.Scalars(1000 + step, step, values));
                stop = step >= 3 ? listener.stopRequested() : null;
            }
            String reason = stop == null ? JournalEntry.Ended.FINISHED : JournalEntry.Ended.INTERRUPTED;
            journal.append(new JournalEntry.Ended(2000, step, reason, ""));
            List<Score> scores = List.of(new Score("local-retrieval", "new", "R@1", 0.25, 0.01, 100));
            return outcome(folder, step, stop, stop == null ? scores : List.of());
        }
    }
}
