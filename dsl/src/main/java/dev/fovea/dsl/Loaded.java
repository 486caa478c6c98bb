package dev.fovea.dsl;

import dev.fovea.dsl.SweepPlan.Draft;
import dev.fovea.dsl.yaml.Finding;
import dev.fovea.dsl.yaml.Findings;
import dev.fovea.dsl.yaml.Source;
import dev.fovea.dsl.yaml.YamlNode;
import dev.fovea.dsl.yaml.YamlNode.Entry;
import dev.fovea.dsl.yaml.YamlNode.Kind;
import dev.fovea.dsl.yaml.YamlNode.Mapping;
import dev.fovea.dsl.yaml.YamlNode.Scalar;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A spec whose files have been read and laid over each other, with overrides on top and references not yet filled
/// in: what the baseline and every point of a sweep begin with.
final class Loaded {
    private final Mapping tree;
    private final List<Source> sources;
    private final Path origin;
    private final Function<String, @Nullable String> environment;
    private final Findings findings;

    private Loaded(
            Mapping tree,
            List<Source> sources,
            Path origin,
            Function<String, @Nullable String> environment,
            Findings findings) {
        this.tree = tree;
        this.sources = sources;
        this.origin = origin;
        this.environment = environment;
        this.findings = findings;
    }

    /// Reads files and overrides.
    ///
    /// @throws SpecException if a file cannot be read to its end
    static Loaded of(String yaml, Path origin, List<String> overrides, Function<String, @Nullable String> environment) {
        Findings findings = new Findings();
        Layers layers = new Layers(findings);
        Mapping files = layers.load(origin, SpecText.withoutMark(yaml));
        List<Source> sources = layers.sources();
        if (files == null || !layers.complete()) {
            throw new SpecException(SpecReader.problems(findings.errors(), sources));
        }
        Mapping tree = new Overrides(findings, sources).apply(files, overrides);
        return new Loaded(tree, sources, origin, environment, findings);
    }

    /// The spec without its sweeps, whose form is checked all the same.
    ///
    /// @throws SpecException if it is not valid
    ResolvedSpec baseline() {
        Mapping whole = References.resolve(tree, sources.getFirst(), findings, environment);
        SweepReader.read(whole, findings);
        return resolved(whole, findings);
    }

    /// The spec and every point of its sweeps.
    ///
    /// @throws SpecException if the spec or a point is not valid
    Study study() {
        Mapping whole = References.resolve(tree, sources.getFirst(), findings, environment);
        List<SweepPlan> plans = SweepReader.read(whole, findings);
        ResolvedSpec baseline = resolved(whole, findings);
        Findings wrong = new Findings();
        List<Sweep> sweeps = new ArrayList<>();
        for (SweepPlan plan : plans) {
            sweeps.add(new Sweep(plan.name(), points(plan, wrong)));
        }
        refuse(wrong);
        return new Study(baseline, sweeps);
    }

    private List<Sweep.Point> points(SweepPlan plan, Findings wrong) {
        List<String> labels = plan.labels();
        List<Sweep.Point> points = new ArrayList<>();
        Set<Finding> told = new LinkedHashSet<>();
        for (int i = 0; i < plan.points().size() && !wrong.full(); i++) {
            Draft draft = plan.points().get(i);
            Findings own = new Findings();
            ResolvedSpec spec = point(draft, own);
            if (spec != null) {
                points.add(new Sweep.Point(labels.get(i), shown(draft), spec));
            }
            for (Finding finding : own.errors()) {
                if (told.add(finding)) { // a mistake in an axis is the same at many points
                    String at = finding.message() + ", at \"" + labels.get(i) + "\" of sweep " + plan.name();
                    wrong.error(finding.mark(), finding.path(), at, finding.hint());
                }
            }
        }
        return points;
    }

    private @Nullable ResolvedSpec point(Draft draft, Findings own) {
        Mapping changed = Trees.without(tree, SweepReader.SECTION);
        for (var setting : draft.settings().entrySet()) {
            List<String> keys = Objects.requireNonNull(Overrides.keys(setting.getKey()), "checked by the reader");
            Entry value = setting.getValue();
            Entry escaped = new Entry(value.keyMark(), Trees.map(value.value(), "", Loaded::escaped));
            changed = Trees.merge(changed, Trees.at(keys, escaped));
        }
        try {
            return resolved(References.resolve(changed, sources.getFirst(), own, environment), own);
        } catch (SpecException _) {
            return null;
        }
    }

    /// References in what points set have been filled in already; what still looks like one is text.
    private static YamlNode escaped(Scalar scalar, String path) {
        return scalar.kind() == Kind.TEXT && scalar.text().contains("${")
                ? new Scalar(scalar.mark(), scalar.text().replace("${", "$${"), scalar.kind(), scalar.from())
                : scalar;
    }

    private static SequencedMap<String, String> shown(Draft draft) {
        SequencedMap<String, String> shown = new LinkedHashMap<>();
        draft.settings().forEach((key, entry) -> shown.put(key, SweepPlan.text(entry.value())));
        return shown;
    }

    private ResolvedSpec resolved(Mapping whole, Findings own) {
        Mapping spec = Trees.without(whole, SweepReader.SECTION);
        Values values = SpecReader.checked(spec, sources.getFirst().at(1, 1), own);
        refuse(own);
        return SpecReader.bound(values, origin, SpecReader.problems(own.warnings(), sources));
    }

    private void refuse(Findings own) {
        if (!own.errors().isEmpty()) {
            throw new SpecException(SpecReader.problems(own.errors(), sources));
        }
    }
}
