package dev.fovea.reports;

import dev.fovea.dsl.run.StoreException;
import dev.fovea.reports.plot.SelectionSample;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Reads the samples that a run keeps for its selection maps: pictures and `samples.json` in `results/selection/`.
public final class SelectionFiles {
    private SelectionFiles() {}

    /// The samples of a run in their order; none if the run kept none.
    ///
    /// @throws StoreException if they are there and cannot be read
    public static List<SelectionSample> read(Path runFolder) {
        Path folder = runFolder.resolve("results").resolve("selection");
        Path file = folder.resolve("samples.json");
        if (!Files.exists(file)) {
            return List.of();
        }
        try {
            List<SelectionSample> samples = new ArrayList<>();
            for (JsonNode node : JsonMapper.shared().readTree(Files.readAllBytes(file))) {
                samples.add(sample(folder, node));
            }
            return samples;
        } catch (IOException e) {
            throw StoreException.of("read", file, e);
        } catch (JacksonException e) {
            throw new StoreException(file + ": " + e.getOriginalMessage(), e);
        } catch (IllegalArgumentException e) {
            throw new StoreException(file + ": " + e.getMessage(), e);
        }
    }

    private static SelectionSample sample(Path folder, JsonNode node) throws IOException {
        Path file = folder.resolve(node.required("picture").stringValue());
        BufferedImage picture = ImageIO.read(new ByteArrayInputStream(Files.readAllBytes(file)));
        if (picture == null) {
            throw new IllegalArgumentException(file.getFileName() + " is no picture");
        }
        JsonNode box = node.required("box");
        List<SelectionSample.MapLayer> layers = new ArrayList<>();
        for (JsonNode layer : node.required("layers")) {
            layers.add(layer(layer));
        }
        return new SelectionSample(
                node.required("key").stringValue(),
                node.required("caption").stringValue(),
                picture.getWidth(),
                picture.getHeight(),
                bytes(picture),
                new SelectionSample.Box(number(box, 0), number(box, 1), number(box, 2), number(box, 3)),
                layers);
    }

    private static SelectionSample.MapLayer layer(JsonNode node) {
        double[] probability = new double[node.required("probability").size()];
        for (int i = 0; i < probability.length; i++) {
            probability[i] = number(node.required("probability"), i);
        }
        List<int[]> selected = new ArrayList<>();
        for (JsonNode scale : node.required("selected")) {
            int rows = scale.required("rows").intValue();
            int columns = scale.required("columns").intValue();
            for (JsonNode index : scale.required("indices")) {
                selected.add(new int[] {rows, columns, index.intValue()});
            }
        }
        return new SelectionSample.MapLayer(
                node.required("name").stringValue(),
                node.required("rows").intValue(),
                node.required("columns").intValue(),
                probability,
                selected);
    }

    private static double number(JsonNode array, int index) {
        return array.required(index).doubleValue();
    }

    private static byte[] bytes(BufferedImage picture) {
        int width = picture.getWidth();
        byte[] rgb = new byte[3 * width * picture.getHeight()];
        for (int i = 0; i < rgb.length / 3; i++) {
            int colour = picture.getRGB(i % width, Math.floorDiv(i, width));
            rgb[3 * i] = (byte) (colour >> 16);
            rgb[3 * i + 1] = (byte) (colour >> 8);
            rgb[3 * i + 2] = (byte) colour;
        }
        return rgb;
    }
}
