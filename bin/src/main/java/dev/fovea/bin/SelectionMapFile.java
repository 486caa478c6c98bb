package dev.fovea.bin;

import dev.fovea.dsl.run.AtomicFiles;
import dev.fovea.reports.plot.SelectionMaps;
import dev.fovea.reports.plot.SelectionSample;
import dev.fovea.runtime.encode.Encoding;
import dev.fovea.runtime.select.ScaleGrid;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A PNG of one picture with the scores over it and the patches that were chosen.
final class SelectionMapFile {
    private SelectionMapFile() {}

    /// Writes `<name of the picture>.png`, numbered where an earlier picture has the same name.
    ///
    /// @throws dev.fovea.dsl.run.StoreException if it cannot be written
    static Path write(Path folder, EncodedPicture picture, List<EncodedPicture> earlier) throws IOException {
        Files.createDirectories(folder);
        String stem = stem(picture.file());
        long same = earlier.stream().filter(e -> stem(e.file()).equals(stem)).count();
        Path file = folder.resolve(stem + (same == 0 ? "" : "-" + (same + 1)) + ".png");
        AtomicFiles.write(file, SelectionMaps.png(sample(picture)));
        return file;
    }

    private static String stem(Path file) {
        String name = String.valueOf(file.getFileName());
        int dot = name.lastIndexOf('.');
        return dot > 0 ? name.substring(0, dot) : name;
    }

    private static SelectionSample sample(EncodedPicture picture) {
        Encoding.LowResult low = picture.encoding().low();
        List<int[]> selected = new ArrayList<>();
        for (int i = 0; i < picture.encoding().selected().size(); i++) {
            ScaleGrid grid = low.grids().get(i);
            for (int cell : picture.encoding().selected().get(i)) {
                selected.add(new int[] {grid.rows(), grid.columns(), cell});
            }
        }
        double[] map = (picture.topDown() ? low.posteriorMaps() : low.priorMaps()).getFirst();
        String name = picture.topDown() ? "top-down" : "bottom-up";
        return new SelectionSample(
                String.valueOf(picture.file().getFileName()),
                picture.caption(),
                picture.picture().width(),
                picture.picture().height(),
                picture.picture().rgb(),
                null,
                List.of(new SelectionSample.MapLayer(name, low.side(), low.side(), map, selected)));
    }
}
