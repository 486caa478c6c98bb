package dev.fovea.datasets;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What the elements of a batch that is being planned show already.
final class Drawn {
    /// Stands among boxes for the whole picture.
    static final int WHOLE = -1;

    private final Set<String> captions = new HashSet<>();
    private final Map<Long, Set<Integer>> boxes = new HashMap<>();

    void add(ElementPlanner.Draw draw) {
        captions.add(draw.canonical());
        boxes.computeIfAbsent(draw.index(), _ -> new HashSet<>()).addAll(shown(draw));
    }

    void remove(ElementPlanner.Draw draw) {
        captions.remove(draw.canonical());
        boxes.getOrDefault(draw.index(), new HashSet<>()).removeAll(shown(draw));
    }

    private static List<Integer> shown(ElementPlanner.Draw draw) {
        return draw.global() ? List.of(WHOLE) : draw.regions();
    }

    /// Whether an element has this caption, or one that becomes the same tokens.
    boolean has(ElementPlanner.Draw draw) {
        return captions.contains(draw.canonical());
    }

    /// Boxes of an example that elements show, and [#WHOLE].
    Set<Integer> boxes(long index) {
        return boxes.getOrDefault(index, Set.of());
    }
}
