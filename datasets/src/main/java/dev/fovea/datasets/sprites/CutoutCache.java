package dev.fovea.datasets.sprites;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Cutouts by sprite and size, the least recently used leave when the budget is spent.
final class CutoutCache {
    private final long budget;
    private final Map<Long, Cutout> entries = new LinkedHashMap<>(256, 0.75f, true);
    private long used;

    CutoutCache(long budget) {
        this.budget = budget;
    }

    synchronized @Nullable Cutout get(int sprite, int size) {
        return entries.get(key(sprite, size));
    }

    synchronized void put(int sprite, int size, Cutout cutout) {
        Cutout before = entries.put(key(sprite, size), cutout);
        used += cutout.bytes() - (before == null ? 0 : before.bytes());
        Iterator<Cutout> oldest = entries.values().iterator();
        while (used > budget && oldest.hasNext()) {
            used -= oldest.next().bytes();
            oldest.remove();
        }
    }

    synchronized long usedBytes() {
        return used;
    }

    private static long key(int sprite, int size) {
        return (long) sprite << 32 | (size & 0xFFFFFFFFL);
    }
}
