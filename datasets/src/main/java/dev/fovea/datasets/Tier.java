package dev.fovea.datasets;

/// How much resolution an object needs to be told apart (sizes on a 3780 px picture).
public enum Tier {
    /// 160-400 px: visible in the low-resolution pass
    LARGE,
    /// 64-144 px: needs the middle scales
    MEDIUM,
    /// 20-34 px: needs the full resolution
    SMALL;

    /// The tier of a box by its long side relative to the picture's long side; for corpora that do not say.
    public static Tier of(Box box, int width, int height) {
        double side = 3780 * Math.max(box.width(), box.height()) / Math.max(width, height);
        if (side >= 152) {
            return LARGE;
        }
        return side >= 49 ? MEDIUM : SMALL;
    }
}
