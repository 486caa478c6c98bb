package dev.fovea.runtime.encode;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// Puts the tokens of all rounds into their final order: the low-resolution ones, then the selected ones by
/// scale, row and column, whatever round they were encoded in (ps3-spec 1.9).
///
/// Legend: g side of the low grid, D width, N selected patches.
final class Assembly {
    private final List<int[]> selected;
    private final List<float[]> hidden;
    private final int cells;
    private final int width;

    Assembly(Encoding.LowResult low, List<List<int[]>> rounds, int width) {
        this.width = width;
        this.cells = low.side() * low.side();
        this.selected = IntStream.range(0, low.grids().size())
                .mapToObj(i -> rounds.stream()
                        .flatMapToInt(r -> Arrays.stream(r.get(i)))
                        .sorted()
                        .toArray())
                .toList();
        int n = selected.stream().mapToInt(s -> s.length).sum();
        this.hidden = new ArrayList<>();
        for (double[] layer : low.hidden()) {
            float[] all = new float[Math.multiplyExact(cells + n, width)];
            for (int i = 0; i < layer.length; i++) {
                all[i] = (float) layer[i];
            }
            hidden.add(all);
        }
    }

    /// Puts the tokens (K,D) of one round where they belong.
    void place(int layer, List<int[]> chosen, double[] tokens) {
        float[] all = hidden.get(layer);
        int token = 0, before = cells;
        for (int i = 0; i < chosen.size(); i++) {
            for (int cell : chosen.get(i)) {
                int row = before + Arrays.binarySearch(selected.get(i), cell);
                for (int e = 0; e < width; e++) {
                    all[row * width + e] = (float) tokens[token * width + e];
                }
                token++;
            }
            before += selected.get(i).length;
        }
    }

    List<int[]> selected() {
        return selected;
    }

    List<float[]> hidden() {
        return List.copyOf(hidden);
    }
}
