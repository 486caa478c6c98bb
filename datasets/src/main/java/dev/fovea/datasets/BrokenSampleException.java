package dev.fovea.datasets;

/// One example cannot be used; the others can.
public final class BrokenSampleException extends Exception {
    private static final long serialVersionUID = 1;

    private final String where;
    private final String key;
    private final String reason;

    /// @param where shard or source, such as `images-000003.tar`
    /// @param key the example's key
    /// @param reason what is wrong, one line
    public BrokenSampleException(String where, String key, String reason) {
        super(where + ": " + key + ": " + reason);
        this.where = where;
        this.key = key;
        this.reason = reason;
    }

    /// Shard or source.
    public String where() {
        return where;
    }

    /// The example's key.
    public String key() {
        return key;
    }

    /// What is wrong, one line.
    public String reason() {
        return reason;
    }
}
