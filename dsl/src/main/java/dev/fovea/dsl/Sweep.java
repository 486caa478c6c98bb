package dev.fovea.dsl;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;

/// One study of the section `sweep`: points that differ from the baseline in a few values.
///
/// @param name as in the spec
/// @param points in the order of the spec, at least one, no two with the same label
public record Sweep(String name, List<Point> points) {
    /// Copies the list.
    public Sweep {
        points = List.copyOf(points);
    }

    /// The point with this label.
    public Optional<Point> point(String label) {
        return points.stream().filter(p -> p.label().equals(label)).findFirst();
    }

    /// One combination of values.
    ///
    /// @param label given in the spec, or made of what differs: `lr=1e-3, scales=[64, 128]`
    /// @param settings what the point sets: dotted key to value as YAML, in the order of the spec
    /// @param spec the baseline with these settings
    public record Point(String label, SequencedMap<String, String> settings, ResolvedSpec spec) {
        /// Copies the map.
        public Point {
            settings = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(settings));
        }
    }
}
