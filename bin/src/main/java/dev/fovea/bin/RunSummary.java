package dev.fovea.bin;

import dev.fovea.bin.terminal.Quantities;
import dev.fovea.bin.terminal.Style;
import dev.fovea.bin.terminal.TextTable;
import dev.fovea.dsl.run.JournalEntry;
import dev.fovea.dsl.run.RunFolder;
import dev.fovea.dsl.run.RunState;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// What is known of one run, read from its folder.
///
/// @param key run key
/// @param name name of its spec; empty if the folder does not say
/// @param folder where it lies
/// @param steps length of the run; 0 if the folder does not say
/// @param facts facts of the last attempt, such as host and backend
/// @param results files of the results, relative to the folder
record RunSummary(
        String key,
        String name,
        Path folder,
        RunState state,
        long steps,
        Map<String, String> facts,
        List<String> results) {
    private static final Pattern NAME = Pattern.compile("(?m)^name: *[\"']?([^\"'#\\n]*?)[\"']? *$");
    private static final Pattern LENGTH = Pattern.compile("(?m)^schedule:\\n(?: +.*\\n)*? +length: *([0-9]+) *st *$");

    /// Reads a run folder.
    static RunSummary of(RunFolder run) {
        List<JournalEntry> entries = run.entries();
        Map<String, String> facts = entries.stream()
                .filter(JournalEntry.Started.class::isInstance)
                .map(entry -> ((JournalEntry.Started) entry).facts())
                .reduce(Map.of(), (first, second) -> second);
        String spec = text(run.resolvedFile());
        RunState state = RunState.of(entries, run.holder().isPresent());
        long steps = Long.parseLong("0" + first(LENGTH, spec));
        return new RunSummary(run.key(), first(NAME, spec), run.path(), state, steps, facts, results(run));
    }

    /// Prints a run for people or as JSON.
    static void print(Fovea fovea, RunFolder run, boolean json) {
        RunSummary summary = of(run);
        if (json) {
            fovea.out().println(Json.text(summary.json()));
        } else {
            summary.print(fovea);
        }
    }

    /// As JSON shows it.
    Map<String, Object> json() {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("key", key);
        all.put("name", name);
        all.put("folder", folder.toString());
        all.put("state", word());
        all.put("step", state.step());
        all.put("steps", steps);
        all.put("attempts", state.attempts());
        all.put("resumable", state.resumable());
        all.put("started_millis", state.startedMillis());
        all.put("last_millis", state.lastMillis());
        all.put("active_seconds", state.activeMillis() / 1000.0);
        all.put("checkpoint", state.checkpoint());
        all.put("reason", state.reason());
        all.put("message", state.message());
        all.put("metrics", state.metrics());
        all.put("facts", facts);
        all.put("results", results);
        return all;
    }

    /// The state in one word.
    String word() {
        return state.status().name().toLowerCase(java.util.Locale.ROOT);
    }

    /// The state in one word, coloured by what it means.
    String word(Style style) {
        return switch (state.status()) {
            case FINISHED -> style.good(word());
            case RUNNING, CREATED -> style.bold(word());
            case INTERRUPTED, PREEMPTED, LOST -> style.warning(word());
            case FAILED -> style.bad(word());
        };
    }

    /// Steps done, of all if that is known.
    String progress() {
        return steps > 0 ? state.step() + "/" + steps : Long.toString(state.step());
    }

    private void print(Fovea fovea) {
        PrintWriter out = fovea.out();
        Style style = fovea.outStyle();
        out.println(style.bold(name.isEmpty() ? key : name) + "  " + key + "  " + word(style));
        line(out, "step", progress());
        line(
                out,
                "time",
                Quantities.time(state.activeMillis() / 1000.0)
                        + (state.attempts() > 1 ? " in " + state.attempts() + " attempts" : ""));
        line(out, "ended", state.message().isEmpty() ? state.reason() : state.reason() + ": " + state.message());
        facts.forEach((fact, value) -> line(out, fact, fact.equals("name") ? "" : value));
        line(out, "folder", fovea.shown(folder));
        line(out, "checkpoint", state.checkpoint());
        if (!state.metrics().isEmpty()) {
            TextTable table = new TextTable("metric", "last");
            state.metrics().forEach((metric, value) -> table.add(metric, Quantities.number(value)));
            out.println();
            out.print(table.text(style));
        }
        if (!results.isEmpty()) {
            out.println();
            results.forEach(file -> out.println(fovea.shown(folder.resolve(file))));
        }
    }

    private static void line(PrintWriter out, String name, String value) {
        if (!value.isEmpty()) {
            out.println(String.format("  %-11s %s", name, value));
        }
    }

    private static List<String> results(RunFolder run) {
        if (!Files.isDirectory(run.results())) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(run.results(), 2)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> run.path().relativize(file).toString())
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw dev.fovea.dsl.run.StoreException.of("read", run.results(), e);
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw dev.fovea.dsl.run.StoreException.of("read", file, e);
        }
    }

    private static String first(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        return matcher.find() ? matcher.group(1) : "";
    }
}
