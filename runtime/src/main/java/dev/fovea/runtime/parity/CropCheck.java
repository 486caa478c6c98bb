package dev.fovea.runtime.parity;

import dev.fovea.datasets.Box;
import dev.fovea.datasets.Picture;
import dev.fovea.datasets.images.Crop;
import dev.fovea.datasets.images.ImageCodec;
import dev.fovea.datasets.images.Resizer;
import dev.fovea.runtime.exec.Backend;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/// The training transform (ps3-spec 2.2) with given crops: pixels, boxes and box maps. The backend has no part
/// in it.
final class CropCheck implements CaseCheck {
    @Override
    public String kind() {
        return "training transform";
    }

    @Override
    public boolean matches(GoldenCase c) {
        return c.call().contains("RandomResizedCrop");
    }

    @Override
    public void run(GoldenCase c, Backend backend, Findings out) {
        int side = c.params().get("size").asInt();
        Picture picture;
        try {
            picture = ImageCodec.decode(c.file("image.png"));
        } catch (IOException e) {
            throw new GoldenException(c.name() + ": " + e.getMessage(), e);
        }
        double[] crops = c.input("crops_ijhw").data(),
                boxes = c.input("boxes_xyxy").data();
        for (int k = 0; k < crops.length / 4; k++) {
            Crop crop = new Crop(
                    (int) crops[4 * k + 1], (int) crops[4 * k], (int) crops[4 * k + 3], (int) crops[4 * k + 2]);
            byte[] rgb = Resizer.resize(picture, crop, side, side);
            String prefix = "crop" + k + ".";
            out.check(prefix + "rgb_u8", PreprocessCheck.values(rgb));
            List<Double> half = List.of(0.5, 0.5, 0.5);
            out.check(prefix + "pixel_values", PreprocessCheck.normalized(rgb, side, half, half));
            for (int i = 0; i < boxes.length / 4; i++) {
                Box box = crop.map(new Box(boxes[4 * i], boxes[4 * i + 1], boxes[4 * i + 2], boxes[4 * i + 3]), side);
                out.check(prefix + "box" + i, new double[] {box.x0(), box.y0(), box.x1(), box.y1()});
                out.check(prefix + "gt_selection_map" + i, map(box, side));
            }
        }
    }

    private static double[] map(Box box, int side) {
        float[] map = new float[side * side];
        box.mark(map, side);
        double[] values = new double[map.length];
        Arrays.setAll(values, i -> map[i]);
        return values;
    }
}
