package dev.fovea.runtime.train;

import dev.fovea.dsl.run.AtomicFiles;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Writes samples to `results/selection/`: pictures as PNG, and `samples.json` with boxes, maps and selected
/// patches,
/// from which reports draw the heat maps.
final class SelectionSamples {
    private SelectionSamples() {}

    /// Writes all samples; an older `samples.json` is replaced last.
    static void write(Path results, List<SelectionSample> samples) {
        Path folder = results.resolve("selection");
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(folder + ": cannot be made", e);
        }
        ArrayNode list = JsonMapper.shared().createArrayNode();
        for (int i = 0; i < samples.size(); i++) {
            String picture = "scene-%02d.png".formatted(i);
            AtomicFiles.write(folder.resolve(picture), png(samples.get(i)));
            list.add(json(samples.get(i), picture));
        }
        AtomicFiles.write(
                folder.resolve("samples.json"),
                JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(list));
    }

    private static ObjectNode json(SelectionSample s, String picture) {
        ObjectNode node = JsonMapper.shared().createObjectNode();
        node.put("key", s.key())
                .put("caption", s.caption())
                .put("picture", picture)
                .put("side", s.side());
        ArrayNode box = node.putArray("box");
        box.add(s.box().x0()).add(s.box().y0()).add(s.box().x1()).add(s.box().y1());
        ArrayNode layers = node.putArray("layers");
        for (SelectionSample.Layer layer : s.layers()) {
            ObjectNode l = layers.addObject();
            l.put("name", layer.name()).put("rows", layer.side()).put("columns", layer.side());
            ArrayNode probability = l.putArray("probability");
            for (double p : layer.probability()) {
                probability.add(Math.round(p * 1e6) / 1e6);
            }
            ArrayNode selected = l.putArray("selected");
            for (SelectionRecall.Selected scale : layer.selected()) {
                ObjectNode one = selected.addObject();
                one.put("rows", scale.grid().rows()).put("columns", scale.grid().columns());
                ArrayNode indices = one.putArray("indices");
                for (int index : scale.indices()) {
                    indices.add(index);
                }
            }
        }
        return node;
    }

    private static byte[] png(SelectionSample s) {
        BufferedImage image = new BufferedImage(s.side(), s.side(), BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < s.side() * s.side(); i++) {
            int red = s.rgb()[3 * i] & 255, green = s.rgb()[3 * i + 1] & 255, blue = s.rgb()[3 * i + 2] & 255;
            image.setRGB(i % s.side(), i / s.side(), red << 16 | green << 8 | blue);
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            ImageIO.write(image, "png", out);
        } catch (IOException e) {
            throw new UncheckedIOException("a picture cannot be encoded", e);
        }
        return out.toByteArray();
    }
}
