package dev.fovea.runtime.track;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/// Names that every MLflow server and the file layout accept: letters, digits, `_ - . /` and blanks, at most 250
/// characters, a clean path, and never the folder of another name. Names are given in the order of the journal,
/// so a
/// replay gives the same ones.
final class MetricNames {
    static final int LONGEST = 250;

    private final Map<String, String> given = new TreeMap<>();
    private final TreeSet<String> taken = new TreeSet<>();

    /// The legal name for `name`; equal for equal names, different for different ones.
    String legal(String name) {
        String known = given.get(name);
        if (known != null) {
            return known;
        }
        String candidate = clean(name);
        for (String folder = parent(candidate); !folder.isEmpty(); folder = parent(folder)) {
            if (taken.contains(folder)) {
                candidate = folder + "." + candidate.substring(folder.length() + 1);
            }
        }
        String free = candidate;
        for (int i = 2; taken.contains(free) || isFolder(free); i++) {
            String suffix = "_" + i;
            free = candidate.substring(0, Math.min(candidate.length(), LONGEST - suffix.length())) + suffix;
        }
        given.put(name, free);
        taken.add(free);
        return free;
    }

    private boolean isFolder(String name) {
        String next = taken.ceiling(name + "/");
        return next != null && next.startsWith(name + "/");
    }

    private static String parent(String name) {
        int slash = name.lastIndexOf('/');
        return slash < 0 ? "" : name.substring(0, slash);
    }

    /// `name` with what is not allowed replaced; deterministic, but not one-to-one.
    static String clean(String name) {
        StringBuilder allowed = new StringBuilder(name.length());
        name.codePoints().forEach(c -> {
            if (c == '@') {
                allowed.append("_at_");
            } else if (Character.isLetterOrDigit(c) || "_-. /".indexOf(c) >= 0) {
                allowed.appendCodePoint(c);
            } else {
                allowed.append('_');
            }
        });
        List<String> parts = new ArrayList<>();
        for (String part : allowed.toString().split("/", -1)) {
            String bare = part.strip();
            if (bare.equals("..") || bare.equals(".")) {
                parts.add("_");
            } else if (!bare.isEmpty()) {
                parts.add(bare);
            }
        }
        String path = parts.isEmpty() ? "_" : String.join("/", parts);
        return path.length() <= LONGEST ? path : shortened(path);
    }

    private static String shortened(String path) {
        String end = "-" + sha256(path.getBytes(StandardCharsets.UTF_8)).substring(0, 12);
        String head = path.substring(0, LONGEST - end.length());
        boolean torn = Character.isHighSurrogate(head.charAt(head.length() - 1));
        return (torn ? head.substring(0, head.length() - 1) : head).replaceFirst("/+$", "") + end;
    }

    /// SHA-256 in hex.
    static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /// `text` cut to a length that servers keep, without tearing a character.
    static String cut(String text, int longest) {
        if (text.length() <= longest) {
            return text;
        }
        int end = longest - 1;
        return text.substring(0, Character.isHighSurrogate(text.charAt(end - 1)) ? end - 1 : end) + "…";
    }
}
