package dev.fovea.datasets;

/// Told what is being prepared, for people who wait.
@FunctionalInterface
public interface Progress {
    /// Tells nobody.
    Progress NONE = (what, done, total) -> {};

    /// @param what the work in words, such as `drawing pictures`
    /// @param done units finished; calls may come from several threads
    /// @param total units in all
    void report(String what, long done, long total);
}
