package dev.fovea.runtime.select;

/// Orders patches of equal score: the smaller key goes first. Scores tie everywhere, because all patches of a cell
/// of the low-resolution grid have the same one (ps3-spec 1.4).
@FunctionalInterface
public interface TieBreak {
    /// The order key of a patch.
    ///
    /// @param scale counted from the first high scale
    /// @param cell flat index in the scale's grid
    long key(int scale, int cell);

    /// The lowest flat index goes first.
    static TieBreak lowestIndex() {
        return (_, cell) -> cell;
    }

    /// An order drawn from a seed, another one for each (step, row).
    static TieBreak random(long seed, long step, int row) {
        long picture = PatchSelection.mix(seed, step, row);
        return (scale, cell) -> PatchSelection.mix(picture, scale, cell);
    }
}
