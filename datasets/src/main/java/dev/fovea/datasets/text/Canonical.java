package dev.fovea.datasets.text;

import dev.fovea.dsl.spec.DataSpec;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The cleaning of text before it becomes tokens, as the reference's "canonicalize": broken Unicode repaired, HTML
/// entities resolved twice, underscores to spaces, ASCII punctuation deleted, lower case, single spaces.
public final class Canonical {
    private static final Pattern ENTITY =
            Pattern.compile("&(#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]{2,6}[0-9]{0,2});");
    private static final Pattern PUNCTUATION = Pattern.compile("\\p{Punct}");
    private static final Pattern SPACES = Pattern.compile("\\s+", Pattern.UNICODE_CHARACTER_CLASS);
    private static final Map<String, String> NAMED = named();

    private Canonical() {}

    /// The cleaned text; empty if nothing is left.
    public static String of(String text) {
        String words = PUNCTUATION.matcher(basic(text).replace('_', ' ')).replaceAll("");
        return singleSpaces(words.toLowerCase(Locale.ROOT));
    }

    /// The text cleaned in one of the reference's ways. All but `NONE` repair Unicode and resolve entities.
    public static String clean(DataSpec.Clean how, String text) {
        return switch (how) {
            case CANONICALIZE -> of(text);
            case LOWER -> singleSpaces(basic(text)).toLowerCase(Locale.ROOT);
            case WHITESPACE -> singleSpaces(basic(text));
            case NONE -> text;
        };
    }

    private static String basic(String text) {
        return unescape(unescape(TextRepair.of(text)));
    }

    private static String singleSpaces(String text) {
        return SPACES.matcher(text).replaceAll(" ").strip();
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

    /// The named entities of captions: those of markup, of Latin-1 letters and of typography.
    private static Map<String, String> named() {
        Map<String, String> named = new HashMap<>(
                Map.of("amp", "&", "lt", "<", "gt", ">", "quot", "\"", "apos", "'", "nbsp", " ", "hellip", "\u2026"));
        named.putAll(Map.of(
                "ndash", "\u2013", "mdash", "\u2014", "lsquo", "\u2018", "rsquo", "\u2019", "ldquo", "\u201c", "rdquo",
                "\u201d", "euro", "\u20ac", "trade", "\u2122", "bull", "\u2022"));
        String[] latin = ("iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2"
                        + " sup3 acute micro para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave Aacute"
                        + " Acirc Atilde Auml Aring AElig Ccedil Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml ETH"
                        + " Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave Uacute Ucirc Uuml Yacute THORN"
                        + " szlig agrave aacute acirc atilde auml aring aelig ccedil egrave eacute ecirc euml igrave"
                        + " iacute icirc iuml eth ntilde ograve oacute ocirc otilde ouml divide oslash ugrave uacute"
                        + " ucirc uuml yacute thorn yuml")
                .split(" ");
        for (int i = 0; i < latin.length; i++) {
            named.put(latin[i], String.valueOf((char) (0xa1 + i)));
        }
        return Map.copyOf(named);
    }
}
