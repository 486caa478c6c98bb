package dev.fovea.datasets.text;

import java.text.Normalizer;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The cleaning of text before it becomes tokens, as the reference's "canonicalize": entities resolved twice,
/// underscores to spaces, ASCII punctuation deleted, lower case, single spaces. Unicode is brought to its composed
/// form in place of the reference's repair of wrongly decoded text.
public final class Canonical {
    private static final Pattern ENTITY = Pattern.compile("&(#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-z]{2,4});");
    private static final Pattern PUNCTUATION = Pattern.compile("\\p{Punct}");
    private static final Pattern SPACES = Pattern.compile("\\s+", Pattern.UNICODE_CHARACTER_CLASS);
    private static final Map<String, String> NAMED =
            Map.of("amp", "&", "lt", "<", "gt", ">", "quot", "\"", "apos", "'", "nbsp", " ");

    private Canonical() {}

    /// The cleaned text; empty if nothing is left.
    public static String of(String text) {
        String plain = Normalizer.normalize(unescape(unescape(text)), Normalizer.Form.NFC);
        String words = PUNCTUATION.matcher(plain.replace('_', ' ')).replaceAll("");
        return SPACES.matcher(words.toLowerCase(Locale.ROOT)).replaceAll(" ").strip();
    }

    private static String unescape(String text) {
        if (text.indexOf('&') < 0) {
            return text;
        }
        return ENTITY.matcher(text)
                .replaceAll(match -> Matcher.quoteReplacement(entity(match.group(), match.group(1))));
    }

    private static String entity(String whole, String name) {
        if (!name.startsWith("#")) {
            return NAMED.getOrDefault(name, whole);
        }
        boolean hex = name.charAt(1) == 'x' || name.charAt(1) == 'X';
        int point = hex ? Integer.parseInt(name.substring(2), 16) : Integer.parseInt(name.substring(1));
        return Character.isValidCodePoint(point) ? Character.toString(point) : whole;
    }
}
