package dev.fovea.runtime.store;

import java.util.regex.Pattern;

/// Keeps passwords and tokens out of what a run stores.
final class Secrets {
    static final String REDACTED = "<redacted>";

    private static final Pattern NAME = Pattern.compile(
            "(?i)(^|[^a-z])(pass|passwd|password|passphrase|secret|secrets|token|apikey|api[_.-]?key|access[_.-]?key|private[_.-]?key"
                    + "|credential|credentials|jwt|auth|cookie)([^a-z]|$)");
    private static final Pattern USER_INFO = Pattern.compile("(?<=://)[^/@\\s:]*:[^/@\\s]*(?=@)");
    private static final Pattern KNOWN_TOKEN =
            Pattern.compile("\\b(gh[pousr]_\\w{16,}|github_pat_\\w{16,}|glpat-[\\w-]{16,}"
                    + "|hf_[A-Za-z0-9]{16,}|sk-[\\w-]{16,}|AKIA[0-9A-Z]{16}|xox[abprs]-[\\w-]{10,}"
                    + "|eyJ[\\w-]{8,}\\.[\\w-]{8,}\\.[\\w-]*)");
    /// A literal of letters and digits behind a name such as `password`: code like `token = tokens[i]` is none.
    private static final Pattern ASSIGNED = Pattern.compile(
            "(?i)((?:password|passwd|passphrase|secret|token|api[_.-]?key|access[_.-]?key|private[_.-]?key|credential)\\w*[\"']?\\s*[:=]\\s*)"
                    + "(?:\"[^\"\\n]{4,}\"|'[^'\\n]{4,}'|(?=[\\w+/=-]*\\d)[\\w+/=-]{8,}(?![\\w(.\\[]))");
    private static final Pattern PRIVATE_KEY = Pattern.compile(
            "-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(-----END [A-Z ]*PRIVATE KEY-----|\\z)", Pattern.DOTALL);

    private Secrets() {}

    /// Whether the name of a setting says that its value is secret.
    static boolean secretName(String name) {
        return NAME.matcher(name).find();
    }

    /// A text without what looks like a secret.
    static String redact(String text) {
        String redacted = USER_INFO.matcher(text).replaceAll(REDACTED);
        redacted = KNOWN_TOKEN.matcher(redacted).replaceAll(REDACTED);
        redacted = PRIVATE_KEY.matcher(redacted).replaceAll(REDACTED);
        return ASSIGNED.matcher(redacted).replaceAll(match -> match.group(1) + REDACTED);
    }

    /// A command-line flag without its value if its name says that the value is secret.
    static String redactFlag(String flag) {
        int equals = flag.indexOf('=');
        return equals > 0 && secretName(flag.substring(0, equals))
                ? flag.substring(0, equals + 1) + REDACTED
                : redact(flag);
    }
}
