package dev.fovea.dsl;

import dev.fovea.dsl.spec.ExperimentSpec;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/// The identity of a run: what it computes, not how. `f2-` (the version of the scheme) and 12 characters of
/// base32, the
/// first 60 bits of SHA-256 over the canonical form of the spec.
///
/// @param text such as `f2-4k7hx2mz5qpa`
public record RunKey(String text) {
    private static final String VERSION = "f2-";
    private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz234567";
    private static final int LENGTH = 12;

    /// Checks the form.
    public RunKey {
        boolean valid = text.length() == VERSION.length() + LENGTH && text.startsWith(VERSION);
        for (int i = VERSION.length(); valid && i < text.length(); i++) {
            valid = ALPHABET.indexOf(text.charAt(i)) >= 0;
        }
        if (!valid) {
            throw new IllegalArgumentException("not a run key: \"" + text + "\" (f2- and 12 of a-z, 2-7)");
        }
    }

    /// The key of a spec.
    public static RunKey of(ExperimentSpec spec) {
        return ofCanonical(Canonical.text(spec));
    }

    static RunKey ofCanonical(String canonical) {
        byte[] digest = sha256(canonical.getBytes(StandardCharsets.UTF_8));
        long bits = 0;
        for (int i = 0; i < Long.BYTES; i++) {
            bits = bits << 8 | digest[i] & 0xff;
        }
        StringBuilder text = new StringBuilder(VERSION);
        for (int i = 0; i < LENGTH; i++) {
            text.append(ALPHABET.charAt((int) (bits >>> (59 - 5 * i)) & 31));
        }
        return new RunKey(text.toString());
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    @Override
    public String toString() {
        return text;
    }
}
