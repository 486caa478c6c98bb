package dev.fovea.dsl;

import java.util.regex.Pattern;

/// Keeps credentials out of messages.
final class Secrets {
    private static final Pattern USER_INFO = Pattern.compile("://[^/\\s@\"']+@");

    private Secrets() {}

    /// Whether the text holds a URI with a user name or password.
    static boolean hasCredentials(String text) {
        return text.contains("://") && USER_INFO.matcher(text).find();
    }

    /// The text with user names and passwords of URIs replaced by stars.
    static String masked(String text) {
        return hasCredentials(text) ? USER_INFO.matcher(text).replaceAll("://***@") : text;
    }
}
