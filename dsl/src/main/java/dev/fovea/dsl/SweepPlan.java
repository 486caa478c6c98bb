package dev.fovea.dsl;

import dev.fovea.dsl.yaml.Mark;
import dev.fovea.dsl.yaml.YamlNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A sweep as it is written: what each point sets, before any of it is held against the spec.
///
/// @param points in the order of the spec
record SweepPlan(String name, List<Draft> points) {
    /// What one point sets.
    ///
    /// @param mark where the point stands
    /// @param label as given, or null
    /// @param settings dotted key to value
    record Draft(Mark mark, @Nullable String label, SequencedMap<String, YamlNode.Entry> settings) {
        /// Copies the map.
        Draft {
            settings = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(settings));
        }
    }

    /// Labels of the points: those given, else the values of the keys that not all points have alike.
    List<String> labels() {
        Set<String> keys = new LinkedHashSet<>();
        points.forEach(p -> keys.addAll(p.settings().keySet()));
        Set<String> differing = new LinkedHashSet<>(keys);
        differing.removeIf(
                key -> points.stream().map(p -> shown(p, key)).distinct().count() == 1);
        Set<String> told = differing.isEmpty() ? keys : differing;
        List<String> labels = new ArrayList<>();
        for (Draft point : points) {
            labels.add(point.label() == null ? label(point, told, keys) : point.label());
        }
        return labels;
    }

    private static String label(Draft point, Set<String> told, Set<String> keys) {
        List<String> parts = new ArrayList<>();
        for (String key : point.settings().keySet()) {
            if (told.contains(key)) {
                parts.add(shortest(key, keys) + "=" + shown(point, key));
            }
        }
        return parts.isEmpty() ? "baseline" : String.join(", ", parts);
    }

    private static @Nullable String shown(Draft point, String key) {
        YamlNode.Entry entry = point.settings().get(key);
        return entry == null ? null : text(entry.value());
    }

    /// The shortest end of a dotted key that no other key of the sweep has.
    private static String shortest(String key, Set<String> keys) {
        String[] steps = key.split("\\.");
        String end = "";
        for (int i = steps.length - 1; i >= 0; i--) {
            end = end.isEmpty() ? steps[i] : steps[i] + "." + end;
            String tail = end;
            if (keys.stream()
                            .filter(k -> k.equals(tail) || k.endsWith("." + tail))
                            .count()
                    == 1) {
                return end;
            }
        }
        return key;
    }

    /// A value on one line, as YAML writes it.
    static String text(YamlNode node) {
        return switch (node) {
            case YamlNode.Scalar scalar -> scalar.text();
            case YamlNode.Items items ->
                "["
                        + String.join(
                                ", ",
                                items.elements().stream().map(SweepPlan::text).toList()) + "]";
            case YamlNode.Mapping mapping -> {
                List<String> entries = new ArrayList<>();
                mapping.entries().forEach((key, entry) -> entries.add(key + ": " + text(entry.value())));
                yield "{" + String.join(", ", entries) + "}";
            }
        };
    }
}
