package dev.fovea.datasets.text;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/// A short caption for a named thing.
public final class Captions {
    private static final Set<String> NO_ARTICLE = Set.of(
            "bacon",
            "baguette bread",
            "bread",
            "broccoli",
            "butter",
            "cooked rice",
            "cooking",
            "curry rice",
            "fire",
            "fog",
            "ginger root",
            "ice",
            "money",
            "salt",
            "soft ice cream",
            "shaved ice",
            "spaghetti",
            "sushi",
            "thread",
            "yarn");
    private static final Set<String> LINKS =
            Set.of("with", "of", "in", "on", "at", "and", "for", "without", "facing", "showing", "behind", "lifting");
    private static final Set<String> SINGULAR_S = Set.of("lens", "tennis", "gas", "chess", "news", "rhinoceros");

    private static final Pattern POSSESSIVE = Pattern.compile("^(woman|man|boy|lady)s ");
    private static final Set<String> PLURAL = Set.of("men", "people", "skis", "women");

    private Captions() {}

    /// The name with its article: `a red apple`, `an octopus`; none before plurals (`scissors`, `folded hands`).
    public static String of(String name) {
        String written = POSSESSIVE.matcher(name.replace("oclock", "o'clock")).replaceFirst("$1's ");
        if (isPlural(name) || NO_ARTICLE.contains(name)) {
            return written;
        }
        return (startsWithVowelSound(name) ? "an " : "a ") + written;
    }

    private static boolean isPlural(String name) {
        String head = head(name);
        if (PLURAL.contains(head)) {
            return true;
        }
        boolean singularEnd = head.endsWith("ss") || head.endsWith("us") || head.endsWith("is");
        return head.endsWith("s") && !singularEnd && !SINGULAR_S.contains(head);
    }

    /// The noun that the rest describes: the last word before `with`, `of` and the like.
    private static String head(String name) {
        String head = name;
        for (String word : name.split(" ")) {
            if (LINKS.contains(word)) {
                break;
            }
            head = word;
        }
        return head;
    }

    private static boolean startsWithVowelSound(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        if (lower.startsWith("uni")
                || lower.startsWith("use")
                || lower.startsWith("one ")
                || lower.startsWith("eu")
                || lower.startsWith("ew")) {
            return lower.startsWith("unin") || lower.startsWith("unim");
        }
        return "aeiou".indexOf(lower.charAt(0)) >= 0 || lower.startsWith("hour");
    }
}
