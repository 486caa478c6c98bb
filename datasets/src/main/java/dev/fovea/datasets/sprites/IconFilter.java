package dev.fovea.datasets.sprites;

import java.util.Set;
import java.util.regex.Pattern;

/// Which icons become sprites, and under which concept's name.
final class IconFilter {
    private static final Pattern TONE = Pattern.compile("-(light|medium-light|medium|medium-dark|dark)$");
    private static final Pattern NUMBER = Pattern.compile("-?\\d+$");
    private static final Pattern WORD = Pattern.compile("[a-z]{2,}");
    private static final Pattern REDRAWN = Pattern.compile("[a-z]\\d+$");

    /// Trade marks of companies and products, which no caption should teach.
    private static final Set<String> BRANDS = Set.of(
            "android-os",
            "bbc",
            "cd-logo",
            "debian",
            "dribbble",
            "dvd-logo",
            "google",
            "icons8-cup",
            "ipad",
            "iphone",
            "kindle",
            "linux",
            "nook",
            "phone-android",
            "reddit",
            "steam",
            "stumbleupon",
            "tablet-android",
            "vlc",
            "wi-fi-logo",
            "wikipedia");

    private IconFilter() {}

    /// Whether an icon is used: no retired ones, skin tones, flags, letters, digits or brand marks.
    ///
    /// @param names all names of the icon's set
    static boolean keeps(RawIcon icon, Set<String> names) {
        String name = icon.name();
        return !icon.hidden()
                && !icon.body().isBlank()
                && !isSkinTone(name, names)
                && !isFlag(icon)
                && !icon.category().startsWith("Extras")
                && !name.startsWith("regional-indicator")
                && !name.startsWith("letter-")
                && !BRANDS.contains(name)
                && !REDRAWN.matcher(name).find()
                && WORD.matcher(name).find();
    }

    /// The concept's name in the set, in words: `red-apple` -> `red apple`.
    static String concept(IconSet set, String name) {
        String plain = set.numbered() ? NUMBER.matcher(name).replaceFirst("") : name;
        return plain.replace('-', ' ').strip();
    }

    private static boolean isSkinTone(String name, Set<String> names) {
        if (name.contains("skin-tone")) {
            return true;
        }
        var tone = TONE.matcher(name);
        return tone.find() && !name.startsWith("police-car") && names.contains(name.substring(0, tone.start()));
    }

    private static boolean isFlag(RawIcon icon) {
        return icon.category().startsWith("Flags")
                || icon.name().startsWith("flag-")
                || icon.name().equals("flag");
    }
}
