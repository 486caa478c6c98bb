package dev.fovea.dsl.run;

import java.nio.file.Path;
import java.util.Map;

/// Where prepared data is kept; all of it can be made again.
public final class UserCache {
    private UserCache() {}

    /// `FOVEA_CACHE`, else `fovea` in the user's cache folder.
    ///
    /// @param environment variables of the process
    public static Path folder(Map<String, String> environment) {
        String own = environment.getOrDefault("FOVEA_CACHE", "");
        if (!own.isBlank()) {
            return Path.of(own).toAbsolutePath();
        }
        String shared = environment.getOrDefault("XDG_CACHE_HOME", "");
        Path caches = shared.isBlank() ? Path.of(home(environment), ".cache") : Path.of(shared);
        return caches.toAbsolutePath().resolve("fovea");
    }

    private static String home(Map<String, String> environment) {
        return environment.getOrDefault("HOME", System.getProperty("user.home", "."));
    }
}
