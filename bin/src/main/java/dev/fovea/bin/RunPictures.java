package dev.fovea.bin;

import dev.fovea.dsl.run.MetricHistory;
import dev.fovea.dsl.run.RunFolder;
import dev.fovea.reports.plot.LearningCurves;
import dev.fovea.reports.plot.SelectionMaps;
import dev.fovea.reports.plot.SelectionSample;
import dev.fovea.reports.plot.Series;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Draws the pictures of a run from what its folder holds: learning curves from the journal, heat maps from
/// `results/selection/samples.json` and the scenes beside it.
final class RunPictures {
    private RunPictures() {}

    /// Draws all there is material for.
    ///
    /// @return the files written
    /// @throws IOException if the material cannot be read
    static List<Path> draw(RunFolder run) throws IOException {
        List<Path> written = new ArrayList<>(LearningCurves.write(run.path(), curves(run)));
        Path samples = run.results().resolve("selection").resolve("samples.json");
        if (Files.exists(samples)) {
            written.addAll(SelectionMaps.write(run.path(), samples(samples)));
        }
        return written;
    }

    private static List<Series> curves(RunFolder run) {
        List<Series> curves = new ArrayList<>();
        MetricHistory.of(run.entries()).byName().forEach((name, points) -> {
            double[] steps =
                    points.stream().mapToDouble(MetricHistory.Point::step).toArray();
            double[] values =
                    points.stream().mapToDouble(MetricHistory.Point::value).toArray();
            curves.add(new Series(name, steps, values));
        });
        return curves;
    }

    private static List<SelectionSample> samples(Path file) throws IOException {
        List<SelectionSample> samples = new ArrayList<>();
        for (JsonNode sample : JsonMapper.shared().readTree(Files.readString(file))) {
            Path picture = file.resolveSibling(sample.required("picture").asString());
            BufferedImage image = ImageIO.read(picture.toFile());
            if (image == null) {
                throw new IOException(picture + " is no picture");
            }
            double[] box = doubles(sample.required("box"));
            List<SelectionSample.MapLayer> layers = new ArrayList<>();
            sample.required("layers").forEach(layer -> layers.add(layer(layer)));
            samples.add(new SelectionSample(
                    sample.required("key").asString(),
                    sample.required("caption").asString(),
                    image.getWidth(),
                    image.getHeight(),
                    rgb(image),
                    new SelectionSample.Box(box[0], box[1], box[2], box[3]),
                    layers));
        }
        return samples;
    }

    private static SelectionSample.MapLayer layer(JsonNode layer) {
        List<int[]> selected = new ArrayList<>();
        for (JsonNode scale : layer.required("selected")) {
            int rows = scale.required("rows").asInt();
            int columns = scale.required("columns").asInt();
            scale.required("indices").forEach(index -> selected.add(new int[] {rows, columns, index.asInt()}));
        }
        return new SelectionSample.MapLayer(
                layer.required("name").asString(),
                layer.required("rows").asInt(),
                layer.required("columns").asInt(),
                doubles(layer.required("probability")),
                selected);
    }

    private static double[] doubles(JsonNode array) {
        double[] values = new double[array.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = array.get(i).asDouble();
        }
        return values;
    }

    private static byte[] rgb(BufferedImage image) {
        byte[] bytes = new byte[3 * image.getWidth() * image.getHeight()];
        int at = 0;
        for (int pixel : image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth())) {
            bytes[at++] = (byte) (pixel >> 16);
            bytes[at++] = (byte) (pixel >> 8);
            bytes[at++] = (byte) pixel;
        }
        return bytes;
    }
}
