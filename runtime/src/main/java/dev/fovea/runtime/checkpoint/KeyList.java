package dev.fovea.runtime.checkpoint;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Lists keys with their shapes in full and yet briefly: what differs only in a number is said once, as in
/// `vision_model.trunk.blocks.{0..26}.norm1.bias [1152]`.
final class KeyList {
    private static final Pattern NUMBER = Pattern.compile("\\.(\\d{1,4})(?=\\.|$)");

    private final SequencedMap<String, List<Integer>> groups = new LinkedHashMap<>();
    private int size;

    /// Adds a key.
    ///
    /// @param remark what is said of it, such as its shape
    void add(String key, String remark) {
        Matcher number = NUMBER.matcher(key);
        boolean numbered = number.find();
        String form = numbered ? number.replaceFirst(".{}") : key;
        List<Integer> numbers = groups.computeIfAbsent(form + " " + remark, _ -> new ArrayList<>());
        if (numbered) {
            numbers.add(Integer.parseInt(number.group(1)));
        }
        size++;
    }

    int size() {
        return size;
    }

    boolean isEmpty() {
        return size == 0;
    }

    /// All keys on one line.
    @Override
    public String toString() {
        List<String> parts = new ArrayList<>();
        for (Map.Entry<String, List<Integer>> group : groups.entrySet()) {
            List<Integer> numbers = group.getValue();
            if (numbers.isEmpty()) {
                parts.add(group.getKey());
            } else {
                parts.add(group.getKey().replaceFirst("\\{}", Matcher.quoteReplacement(ranges(numbers))));
            }
        }
        return String.join(", ", parts);
    }

    /// 0 1 2 5 -> `{0..2,5}`; a single number stands alone.
    private static String ranges(List<Integer> numbers) {
        int[] sorted = numbers.stream().mapToInt(Integer::intValue).sorted().toArray();
        List<String> ranges = new ArrayList<>();
        for (int i = 0; i < sorted.length; ) {
            int end = i;
            while (end + 1 < sorted.length && sorted[end + 1] <= sorted[end] + 1) {
                end++;
            }
            ranges.add(end == i ? "" + sorted[i] : sorted[i] + ".." + sorted[end]);
            i = end + 1;
        }
        boolean alone = ranges.size() == 1 && Arrays.stream(sorted).distinct().count() == 1;
        return alone ? ranges.getFirst() : "{" + String.join(",", ranges) + "}";
    }
}
