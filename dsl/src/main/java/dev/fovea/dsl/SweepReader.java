package dev.fovea.dsl;

import dev.fovea.dsl.SweepPlan.Draft;
import dev.fovea.dsl.yaml.Findings;
import dev.fovea.dsl.yaml.YamlNode;
import dev.fovea.dsl.yaml.YamlNode.Entry;
import dev.fovea.dsl.yaml.YamlNode.Items;
import dev.fovea.dsl.yaml.YamlNode.Kind;
import dev.fovea.dsl.yaml.YamlNode.Mapping;
import dev.fovea.dsl.yaml.YamlNode.Scalar;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Reads the section `sweep`: its form, and how lists, grids and zips spread out into points. What points set is
/// held against the spec later, point by point.
final class SweepReader {
    /// The section's key.
    static final String SECTION = "sweep";

    /// Key of a point's name.
    static final String LABEL = "label";

    /// More points than anyone runs.
    static final int MOST_POINTS = 10_000;

    private static final List<String> FORMS = List.of("list", "grid", "zip");
    private static final String EXAMPLE = "e.g. sweep: {rates: {grid: {optim.lr: [1e-4, 1e-3]}}}";
    private static final int LONGEST_LABEL = 120;

    private final Findings findings;

    private SweepReader(Findings findings) {
        this.findings = findings;
    }

    /// The sweeps of a spec; those with errors are reported and left out.
    ///
    /// @param spec the whole spec, references resolved
    static List<SweepPlan> read(Mapping spec, Findings findings) {
        YamlNode section = spec.get(SECTION);
        if (section == null) {
            return List.of();
        }
        if (!(section instanceof Mapping sweeps)) {
            findings.error(section.mark(), SECTION, "expected a section, found " + section.described(), EXAMPLE);
            return List.of();
        }
        SweepReader reader = new SweepReader(findings);
        List<SweepPlan> plans = new ArrayList<>();
        sweeps.entries().forEach((name, entry) -> {
            List<Draft> points = reader.sweep(entry, SECTION + "." + name);
            if (points != null) {
                plans.add(new SweepPlan(name, points));
            }
        });
        plans.removeIf(plan -> !reader.distinct(plan));
        return plans;
    }

    private @Nullable List<Draft> sweep(Entry entry, String path) {
        if (!(entry.value() instanceof Mapping forms)) {
            String found = entry.value().described();
            findings.error(entry.value().mark(), path, "expected list, grid or zip, found " + found, EXAMPLE);
            return null;
        }
        boolean known = true;
        for (var form : forms.entries().entrySet()) {
            if (!FORMS.contains(form.getKey())) {
                String hint = Suggestions.didYouMean(form.getKey(), FORMS);
                String better = hint == null ? "known here: list, grid, zip" : hint;
                findings.error(form.getValue().keyMark(), path + "." + form.getKey(), "unknown key", better);
                known = false;
            }
        }
        if (forms.entries().size() != 1 || !known) {
            if (known) {
                findings.error(entry.keyMark(), path, "expected one of list, grid and zip", EXAMPLE);
            }
            return null;
        }
        var form = forms.entries().firstEntry();
        String inner = path + "." + form.getKey();
        YamlNode value = form.getValue().value();
        return form.getKey().equals("list") ? list(value, inner) : axes(value, inner, form.getKey());
    }

    private @Nullable List<Draft> list(YamlNode value, String path) {
        if (!(value instanceof Items items) || items.elements().isEmpty()) {
            findings.error(value.mark(), path, "expected a list of points, found " + described(value));
            return null;
        }
        List<Draft> points = new ArrayList<>();
        for (int i = 0; i < items.elements().size(); i++) {
            YamlNode element = items.elements().get(i);
            if (element instanceof Mapping settings) {
                points.add(point(settings, path + "[" + i + "]"));
            } else {
                String message = "expected a section of dotted keys, found " + element.described();
                findings.error(element.mark(), path + "[" + i + "]", message, "e.g. {optim.lr: 1e-3}");
            }
        }
        return bounded(points, value, path);
    }

    private Draft point(Mapping given, String path) {
        SequencedMap<String, Entry> settings = new LinkedHashMap<>();
        String label = null;
        for (var entry : given.entries().entrySet()) {
            if (entry.getKey().equals(LABEL)) {
                label = label(entry.getValue().value(), path + "." + LABEL);
            } else if (isSettable(entry.getKey(), entry.getValue(), path)) {
                settings.put(entry.getKey(), entry.getValue());
            }
        }
        return new Draft(given.mark(), label, settings);
    }

    private @Nullable String label(YamlNode node, String path) {
        boolean usable = node instanceof Scalar scalar
                && scalar.kind() != Kind.NOTHING
                && !scalar.text().isBlank()
                && scalar.text().length() <= LONGEST_LABEL
                && scalar.text().chars().noneMatch(Character::isISOControl);
        if (!usable) {
            findings.error(node.mark(), path, "expected a name of one line, found " + node.described());
        }
        return usable ? ((Scalar) node).text().strip() : null;
    }

    private boolean isSettable(String key, Entry entry, String path) {
        List<String> steps = Overrides.keys(key);
        String top = steps == null ? "" : steps.getFirst();
        if (steps == null) {
            findings.error(entry.keyMark(), path, "expected a dotted key, found \"" + key + '"', "e.g. optim.lr");
        } else if (Set.of("extends", SECTION, "vars").contains(top)) {
            String message = "cannot be swept; set the keys themselves";
            findings.error(entry.keyMark(), path + "." + key, message);
            return false;
        }
        return steps != null;
    }

    private @Nullable List<Draft> axes(YamlNode value, String path, String form) {
        if (!(value instanceof Mapping given) || given.entries().isEmpty()) {
            String message = "expected dotted keys with lists of values, found " + described(value);
            findings.error(value.mark(), path, message, EXAMPLE);
            return null;
        }
        SequencedMap<String, List<Entry>> axes = new LinkedHashMap<>();
        for (var axis : given.entries().entrySet()) {
            YamlNode values = axis.getValue().value();
            if (!isSettable(axis.getKey(), axis.getValue(), path)) {
                return null;
            }
            if (!(values instanceof Items items) || items.elements().isEmpty()) {
                String message = "expected a list of values, found " + described(values);
                findings.error(values.mark(), path + "." + axis.getKey(), message);
                return null;
            }
            List<Entry> entries = items.elements().stream()
                    .map(node -> new Entry(node.mark(), node))
                    .toList();
            axes.put(axis.getKey(), entries);
        }
        List<Draft> points = form.equals("zip") ? zip(axes, path) : grid(given, axes);
        return points == null ? null : bounded(points, value, path);
    }

    /// Every combination; the last axis changes fastest.
    private static List<Draft> grid(Mapping given, SequencedMap<String, List<Entry>> axes) {
        List<Draft> points = List.of(new Draft(given.mark(), null, new LinkedHashMap<>()));
        for (var axis : axes.entrySet()) {
            List<Draft> longer = new ArrayList<>();
            for (Draft point : points) {
                for (Entry value : axis.getValue()) {
                    SequencedMap<String, Entry> settings = new LinkedHashMap<>(point.settings());
                    settings.put(axis.getKey(), value);
                    longer.add(new Draft(given.mark(), null, settings));
                }
                if (longer.size() > MOST_POINTS) {
                    return longer;
                }
            }
            points = longer;
        }
        return points;
    }

    /// The first values of all axes together, then the second ones, and so on.
    private @Nullable List<Draft> zip(SequencedMap<String, List<Entry>> axes, String path) {
        int length = axes.firstEntry().getValue().size();
        for (var axis : axes.entrySet()) {
            if (axis.getValue().size() != length) {
                String message = Wording.count(axis.getValue().size(), "value") + ", but "
                        + axes.firstEntry().getKey() + " has " + length;
                findings.error(axis.getValue().getFirst().keyMark(), path + "." + axis.getKey(), message);
                return null;
            }
        }
        List<Draft> points = new ArrayList<>();
        for (int i = 0; i < length; i++) {
            SequencedMap<String, Entry> settings = new LinkedHashMap<>();
            int at = i;
            axes.forEach((key, values) -> settings.put(key, values.get(at)));
            points.add(new Draft(axes.firstEntry().getValue().get(i).keyMark(), null, settings));
        }
        return points;
    }

    private @Nullable List<Draft> bounded(List<Draft> points, YamlNode value, String path) {
        if (points.size() > MOST_POINTS) {
            findings.error(value.mark(), path, "more than " + MOST_POINTS + " points");
            return null;
        }
        return points;
    }

    private boolean distinct(SweepPlan plan) {
        Set<String> seen = new LinkedHashSet<>();
        List<String> labels = plan.labels();
        boolean distinct = true;
        for (int i = 0; i < labels.size(); i++) {
            if (!seen.add(labels.get(i))) {
                String message = "there is a point \"" + labels.get(i) + "\" already";
                findings.error(plan.points().get(i).mark(), SECTION + "." + plan.name(), message, "give it a label");
                distinct = false;
            }
        }
        return distinct;
    }

    private static String described(YamlNode node) {
        boolean empty = node instanceof Items items && items.elements().isEmpty()
                || node instanceof Mapping mapping && mapping.entries().isEmpty();
        return empty ? "none" : node.described();
    }
}
