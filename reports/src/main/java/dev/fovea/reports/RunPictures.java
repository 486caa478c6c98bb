package dev.fovea.reports;

import dev.fovea.dsl.run.JournalReader;
import dev.fovea.dsl.run.MetricHistory;
import dev.fovea.dsl.run.StoreException;
import dev.fovea.reports.plot.LearningCurves;
import dev.fovea.reports.plot.SelectionMaps;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// All pictures of one run, drawn from what its folder holds; can be drawn again at any time.
public final class RunPictures {
    private RunPictures() {}

    /// Draws `results/curves.*` from the journal and `results/selection-maps.*` from `results/selection/`, as
    /// far as
    /// there is something to draw.
    ///
    /// @return the files written
    /// @throws StoreException if the journal or the samples cannot be read, or a picture cannot be written
    public static List<Path> draw(Path runFolder) {
        MetricHistory history = MetricHistory.of(
                JournalReader.read(runFolder.resolve("journal"), 0).values());
        List<Path> files = new ArrayList<>(LearningCurves.write(runFolder, history));
        files.addAll(SelectionMaps.write(runFolder, SelectionFiles.read(runFolder)));
        return files;
    }
}
