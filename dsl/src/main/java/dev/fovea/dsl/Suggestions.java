package dev.fovea.dsl;

import dev.fovea.dsl.keys.Form;
import dev.fovea.dsl.keys.Key;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// What someone who wrote an unknown word probably meant.
final class Suggestions {
    private static final int LONGEST = 60;

    private Suggestions() {}

    /// `did you mean "prior"?`, or null if nothing is near.
    static @Nullable String didYouMean(String word, Collection<String> known) {
        String nearest = nearest(word, known);
        return nearest == null ? null : "did you mean \"" + nearest + "\"?";
    }

    /// A hint for an unknown key: the nearest key of this section, else where else such a key exists, else what
    /// exists.
    static String forKey(String word, Collection<String> here, Form.Section root) {
        String nearest = nearest(word, here);
        if (nearest != null) {
            return "did you mean \"" + nearest + "\"?";
        }
        List<String> elsewhere = new ArrayList<>();
        collect(word, "", root, elsewhere);
        if (elsewhere.isEmpty()) {
            return "known here: " + String.join(", ", here);
        }
        String places = String.join(" or ", elsewhere.subList(0, Math.min(3, elsewhere.size())));
        return "there is " + places + (elsewhere.size() > 3 ? " and others" : "");
    }

    private static void collect(String word, String prefix, Form.Section section, List<String> found) {
        for (Key key : section.keys().values()) {
            String path = prefix + key.name();
            if (normal(key.name()).equals(normal(word)) && !found.contains(path)) {
                found.add(path);
            }
            if (key.form() instanceof Form.Section inner) {
                collect(word, path + ".", inner, found);
            } else if (key.form() instanceof Form.Choice choice) {
                choice.variants().values().forEach(variant -> collect(word, path + ".", variant, found));
            }
        }
    }

    private static @Nullable String nearest(String word, Collection<String> known) {
        if (word.length() > LONGEST) {
            return null;
        }
        String nearest = null;
        int least = Integer.MAX_VALUE;
        for (String candidate : known) {
            int distance = distance(normal(word), normal(candidate));
            int allowed = Math.max(1, Math.min(word.length(), candidate.length()) / 3);
            if (distance <= allowed && distance < Math.min(word.length(), candidate.length()) && distance < least) {
                least = distance;
                nearest = candidate;
            }
        }
        return nearest;
    }

    private static String normal(String word) {
        return word.toLowerCase(Locale.ROOT).replace("_", "").replace("-", "");
    }

    /// Optimal string alignment distance: insertions, deletions, replacements and swaps of neighbours.
    static int distance(String a, String b) {
        int[][] d = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    d[i][j] = i + j;
                    continue;
                }
                int replace = d[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                d[i][j] = Math.min(replace, 1 + Math.min(d[i - 1][j], d[i][j - 1]));
                boolean swapped =
                        i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
                if (swapped) {
                    d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
                }
            }
        }
        return d[a.length()][b.length()];
    }
}
