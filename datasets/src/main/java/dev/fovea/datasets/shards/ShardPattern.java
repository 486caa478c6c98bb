package dev.fovea.datasets.shards;

import dev.fovea.datasets.DataException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Names of shards with ranges in braces: `images-{000000..000009}.tar`.
final class ShardPattern {
    private static final Pattern RANGE = Pattern.compile("\\{(\\d{1,9})\\.\\.(\\d{1,9})}");
    private static final int MOST = 1_000_000;

    private ShardPattern() {}

    /// All names, the first range turning slowest. Numbers keep the width of the range's start.
    ///
    /// @throws DataException if a range runs backwards, braces hold something else, or names exceed a million
    static List<String> expand(String pattern) {
        List<String> names = new ArrayList<>();
        expand(pattern, pattern, names);
        return List.copyOf(names);
    }

    private static void expand(String pattern, String part, List<String> names) {
        Matcher range = RANGE.matcher(part);
        if (!range.find()) {
            if (part.indexOf('{') >= 0 || part.indexOf('}') >= 0) {
                throw new DataException("shard pattern " + pattern + ": braces hold a range such as {000000..000009}");
            }
            names.add(part);
            return;
        }
        int first = Integer.parseInt(range.group(1));
        int last = Integer.parseInt(range.group(2));
        if (last < first || (long) names.size() + last - first >= MOST) {
            throw new DataException("shard pattern " + pattern + ": the range " + range.group()
                    + (last < first ? " runs backwards" : " has more than a million names"));
        }
        for (int number = first; number <= last; number++) {
            StringBuilder digits = new StringBuilder(Integer.toString(number));
            while (digits.length() < range.group(1).length()) {
                digits.insert(0, '0');
            }
            expand(pattern, part.substring(0, range.start()) + digits + part.substring(range.end()), names);
        }
    }
}
