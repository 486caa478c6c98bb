package dev.fovea.bin;

import org.jspecify.annotations.Nullable;

/// Which fovea this is.
public final class Version {
    private Version() {}

    /// The version of the jar, or `development` where classes are not in one.
    public static String number() {
        @Nullable String version = Version.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }

    /// What `--version` prints.
    static String[] lines() {
        return new String[] {
            "fovea " + number(),
            "Java " + Runtime.version() + ", " + System.getProperty("java.vendor", "unknown vendor")
        };
    }
}
