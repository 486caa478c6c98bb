package dev.fovea.runtime.store;

import java.nio.file.Path;
import java.util.Optional;

/// Which code made a result.
///
/// @param commit the checked-out commit in hex
/// @param dirty whether files differ from it or are untracked
public record CodeVersion(String commit, boolean dirty) {
    /// That of a git working folder; nothing if it is none or there is no git.
    public static Optional<CodeVersion> of(Path folder) {
        return GitFacts.of(folder).map(facts -> new CodeVersion(facts.commit(), facts.dirty()));
    }
}
