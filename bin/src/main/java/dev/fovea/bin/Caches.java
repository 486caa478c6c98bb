package dev.fovea.bin;

import dev.fovea.dsl.run.UserCache;
import java.nio.file.Path;
import java.util.Map;

/// Where prepared data is kept; all of it can be made again.
public final class Caches {
    private Caches() {}

    /// `FOVEA_CACHE`, else `fovea` in the user's cache folder.
    public static Path folder(Map<String, String> environment) {
        return UserCache.folder(environment);
    }
}
