package dev.fovea.datasets.text;

import java.util.Locale;
import java.util.Set;

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
    private static final Set<String> LINKS = Set.of("with", "of", "in", "on", "at", "and", "for", "without", "facing");
    private static final Set<String> SINGULAR_S = Set.of("lens", "tennis", "gas", "chess", "bikes", "news");

    private Captions() {}

    /// The name with its article: `a red apple`, `an octopus`; none before plurals (`scissors`, `folded hands`).
    public static String of(String name) {
        if (isPlural(name) || NO_ARTICLE.contains(name)) {
            return name;
        }
        return (startsWithVowelSound(name) ? "an " : "a ") + name;
    }

    private static boolean isPlural(String name) {
        String head = head(name);
        boolean endsInPlural =
                head.endsWith("s") && !head.endsWith("ss") && !head.endsWith("us") && !head.endsWith("is");
        return endsInPlural && !SINGULAR_S.contains(head)
                || head.equals("people")
                || head.equals("men")
                || head.equals("women");
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
        if (lower.startsWith("uni") || lower.startsWith("use") || lower.startsWith("one ") || lower.startsWith("eu")) {
            return lower.startsWith("unin") || lower.startsWith("unim");
        }
        return "aeiou".indexOf(lower.charAt(0)) >= 0 || lower.startsWith("hour");
    }
}
