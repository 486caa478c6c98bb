package dev.fovea.datasets;

import dev.fovea.datasets.images.Crop;
import dev.fovea.dsl.spec.DataSpec;
import java.util.List;
import java.util.SplittableRandom;

/// Turns an example and the boxes chosen in it into one element of a batch.
final class ElementWriter {
    private static final int CROP_TRIES = 10;
    private static final double VISIBLE_SHARE = 0.5;

    private final Tokenizer tokenizer;
    private final DataSpec.Preprocess preprocess;
    private final Pixels pixels;
    private final int side;
    private final int context;

    ElementWriter(Tokenizer tokenizer, DataSpec.Preprocess preprocess, int side, int context) {
        this.tokenizer = tokenizer;
        this.preprocess = preprocess;
        this.pixels = new Pixels(preprocess, side);
        this.side = side;
        this.context = context;
    }

    /// With a random crop. A crop that hides more than half of a chosen box is drawn again, and after ten tries
    /// the whole picture is used: a caption whose object is out of sight teaches nothing.
    void writeCropped(
            Example example, List<Integer> regions, String text, SplittableRandom random, Batch batch, int element) {
        Picture picture = example.picture();
        List<Box> boxes = boxes(example, regions);
        Crop crop = Crop.whole(picture.width(), picture.height());
        for (int attempt = 0; attempt < CROP_TRIES; attempt++) {
            Crop drawn = Crop.random(
                    random, picture.width(), picture.height(), preprocess.cropArea(), preprocess.cropAspect());
            if (boxes.stream().allMatch(box -> box.intersect(drawn.box()).area() >= VISIBLE_SHARE * box.area())) {
                crop = drawn;
                break;
            }
        }
        write(example, regions, text, crop, batch, element);
    }

    /// With the whole picture.
    void writeWhole(Example example, List<Integer> regions, String text, Batch batch, int element) {
        Picture picture = example.picture();
        write(example, regions, text, Crop.whole(picture.width(), picture.height()), batch, element);
    }

    private static List<Box> boxes(Example example, List<Integer> regions) {
        return regions.stream()
                .map(region -> example.regions().get(region).box())
                .toList();
    }

    /// All boxes of the example of which something is left in the crop.
    private List<Box> visible(Example example, Crop crop) {
        return example.regions().stream()
                .map(Region::box)
                .filter(box -> box.intersect(crop.box()).area() > 0)
                .map(box -> crop.map(box, side))
                .toList();
    }

    private void write(Example example, List<Integer> regions, String text, Crop crop, Batch batch, int element) {
        boolean global = regions.isEmpty();
        List<Box> boxes = global
                ? List.of(Box.whole(side, side))
                : boxes(example, regions).stream()
                        .map(box -> crop.map(box, side))
                        .toList();
        String concept = global ? "" : example.regions().get(regions.getFirst()).concept();
        String style = global ? "" : example.regions().get(regions.getFirst()).style();
        pixels.picture(example.picture(), crop, batch, element);
        pixels.boxMap(boxes, batch.boxMap(), element);
        if (batch.hasAllBoxes()) {
            pixels.boxMap(visible(example, crop), batch.allBoxes(), element);
        }
        BatchElement shown = new BatchElement(example.key(), text, boxes, concept, style, global);
        batch.set(element, shown, tokenizer.encode(text, context));
    }
}
