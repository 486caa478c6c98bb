package dev.fovea.runtime.checkpoint;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// How the parameters of a checkpoint differ from those that are wanted.
final class Difference {
    private final Map<String, long[]> wanted = new TreeMap<>();
    private final Map<String, long[]> found = new TreeMap<>();
    private final TreeSet<String> missing = new TreeSet<>();
    private final TreeSet<String> extra = new TreeSet<>();
    private final TreeSet<String> reshaped = new TreeSet<>();

    /// Sets names and shapes side by side; axes of size 1 do not count.
    void compare(SequencedMap<String, Weight> there, SequencedMap<String, long[]> asked) {
        wanted.putAll(asked);
        there.forEach((name, weight) -> found.put(name, weight.shape()));
        asked.forEach((name, shape) -> {
            Weight weight = there.get(name);
            if (weight == null) {
                missing.add(name);
            } else if (!Weight.same(shape, weight.shape())) {
                reshaped.add(name);
            }
        });
        there.keySet().stream().filter(name -> !asked.containsKey(name)).forEach(extra::add);
    }

    /// Wanted and not there.
    Set<String> missing() {
        return missing;
    }

    /// There and not wanted.
    Set<String> extra() {
        return extra;
    }

    /// There in another shape.
    Set<String> reshaped() {
        return reshaped;
    }

    boolean isEmpty() {
        return missing.isEmpty() && extra.isEmpty() && reshaped.isEmpty();
    }

    /// Everything by name and shape, on one line.
    String text() {
        KeyList absent = new KeyList(), surplus = new KeyList(), other = new KeyList();
        missing.forEach(name -> absent.add(name, Arrays.toString(wanted.get(name))));
        extra.forEach(name -> surplus.add(name, Arrays.toString(found.get(name))));
        reshaped.forEach(name -> other.add(
                name, Arrays.toString(found.get(name)) + " in place of " + Arrays.toString(wanted.get(name))));
        List<String> parts = new ArrayList<>();
        add(parts, absent, "missing");
        add(parts, other, "of another shape");
        add(parts, surplus, "not wanted");
        return String.join("; ", parts);
    }

    private static void add(List<String> parts, KeyList keys, String what) {
        if (!keys.isEmpty()) {
            parts.add(keys.size() + " " + what + ": " + keys);
        }
    }
}
