package dev.fovea.dsl;

import dev.fovea.dsl.keys.SpecKeys;
import dev.fovea.dsl.spec.Duration;
import dev.fovea.dsl.spec.ExperimentSpec;
import dev.fovea.dsl.yaml.Finding;
import dev.fovea.dsl.yaml.Findings;
import dev.fovea.dsl.yaml.Mark;
import dev.fovea.dsl.yaml.Source;
import dev.fovea.dsl.yaml.YamlNode;
import dev.fovea.dsl.yaml.YamlNode.Mapping;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Reads a spec: the file and those it extends, then overrides, then references, then defaults, then every check.
/// Either there is a whole valid spec at the end or a [SpecException] with all that is wrong.
public final class SpecReader {
    /// A longer line is not quoted in problems.
    private static final int LONGEST_LINE = 4000;

    private SpecReader() {}

    /// Reads a file.
    ///
    /// @param overrides `key=value` with dotted keys, applied in order, such as `optim.lr=1e-3`
    /// @throws SpecException if the file cannot be read or the spec is not valid
    public static ResolvedSpec read(Path file, List<String> overrides) {
        return readable(file, () -> readText(SpecText.read(file), file, overrides));
    }

    /// Something that reads a file.
    private interface Reading<T> {
        T read() throws IOException, SpecText.Unreadable;
    }

    private static <T> T readable(Path file, Reading<T> reading) {
        try {
            return reading.read();
        } catch (SpecText.Unreadable e) {
            boolean named = e.getMessage() != null && e.getMessage().startsWith(file.toString());
            String message = String.valueOf(e.getMessage());
            String rest = named ? message.substring(file.toString().length()).strip() : message;
            throw new SpecException(
                    List.of(new SpecProblem(file.toString(), e.line(), e.column(), "", rest, e.hint(), null)));
        } catch (IOException e) {
            String message = "cannot be read: " + e.getMessage();
            throw new SpecException(List.of(new SpecProblem(file.toString(), 0, 0, "", message, null, null)));
        }
    }

    /// Reads a text as if it were the content of the file `origin`, which need not exist.
    ///
    /// @param origin names the text in messages; `extends` is relative to it
    /// @throws SpecException if the spec is not valid
    public static ResolvedSpec readText(String yaml, Path origin, List<String> overrides) {
        return readText(yaml, origin, overrides, System::getenv);
    }

    static ResolvedSpec readText(
            String yaml, Path origin, List<String> overrides, Function<String, @Nullable String> environment) {
        return Loaded.of(yaml, origin, overrides, environment).baseline();
    }

    /// Reads a file with the studies in it.
    ///
    /// @param overrides `key=value` with dotted keys; what a point sets wins over them
    /// @throws SpecException if the file cannot be read, or the spec or one of its points is not valid
    public static Study readStudy(Path file, List<String> overrides) {
        return readable(file, () -> readStudyText(SpecText.read(file), file, overrides));
    }

    /// Reads a text with the studies in it, as if it were the content of the file `origin`.
    ///
    /// @throws SpecException if the spec or one of its points is not valid
    public static Study readStudyText(String yaml, Path origin, List<String> overrides) {
        return Loaded.of(yaml, origin, overrides, System::getenv).study();
    }

    /// Holds a tree without references against the keys, and its values against each other.
    static Values checked(Mapping spec, Mark top, Findings findings) {
        Values values = new StructureCheck(findings, SpecKeys.root()).check(spec, top);
        wholeRun(values);
        MeaningCheck.check(values, findings);
        return values;
    }

    /// The spec of values without errors.
    static ResolvedSpec bound(Values values, Path origin, List<SpecProblem> warnings) {
        ExperimentSpec bound = Binder.bind(values);
        String canonical = Canonical.text(bound);
        return new ResolvedSpec(bound, origin, RunKey.ofCanonical(canonical), canonical, origins(values), warnings);
    }

    /// `eval.every: end` means as often as the run is long.
    private static void wholeRun(Values values) {
        Duration length = values.duration("schedule.length");
        Values.Value every = values.all().get("eval.every");
        if (every != null && every.content() == null && length != null) {
            values.put("eval.every", length, every.node());
        }
    }

    private static SequencedMap<String, Origin> origins(Values values) {
        SequencedMap<String, Origin> origins = new LinkedHashMap<>();
        values.all().forEach((path, value) -> origins.put(path, origin(value.node())));
        return origins;
    }

    private static Origin origin(@Nullable YamlNode node) {
        if (node == null) {
            return Origin.DEFAULT;
        }
        Mark mark = node.mark();
        boolean secret = node instanceof YamlNode.Scalar scalar && scalar.secret();
        String file = secret && node instanceof YamlNode.Scalar scalar && scalar.from() != null
                ? scalar.from()
                : mark.source().name();
        return new Origin(file, mark.line(), mark.column());
    }

    /// Findings as problems, sorted by place.
    static List<SpecProblem> problems(List<Finding> findings, List<Source> sources) {
        List<Finding> sorted = new ArrayList<>(findings);
        sorted.sort(
                Comparator.comparingInt((Finding f) -> sources.indexOf(f.mark().source()))
                        .thenComparingInt(f -> f.mark().line())
                        .thenComparingInt(f -> f.mark().column()));
        LinkedHashSet<SpecProblem> problems = new LinkedHashSet<>();
        sorted.forEach(finding -> problems.add(problem(finding)));
        return List.copyOf(problems);
    }

    private static SpecProblem problem(Finding finding) {
        Mark mark = finding.mark();
        String line = mark.source().line(mark.line());
        return new SpecProblem(
                mark.source().name(),
                mark.line(),
                mark.column(),
                SpecProblem.printable(finding.path()),
                safe(finding.message()),
                finding.hint() == null ? null : safe(finding.hint()),
                line == null || line.length() > LONGEST_LINE ? null : Secrets.masked(line));
    }

    private static String safe(String text) {
        return SpecProblem.printable(Secrets.masked(text));
    }
}
