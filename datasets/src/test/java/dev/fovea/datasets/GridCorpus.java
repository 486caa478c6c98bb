package dev.fovea.datasets;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Pictures of 20x20 pixels with `regions` boxes of 4x4 on a grid. Every box of every picture has a caption of two
/// sentences of its own; every picture has a caption of one sentence if `whole` is set.
record GridCorpus(int size, int regions, boolean whole) implements Corpus {
    static final int SIDE = 20;

    private long picture(long index) {
        return index % size;
    }

    /// The caption of box `region`.
    static String caption(long picture, int region) {
        return "p%db%da. p%db%db.".formatted(picture, region, picture, region);
    }

    /// The place of box `region`.
    static Box box(int region) {
        double x = 5 * (region % 4), y = 5 * (region / 4);
        return new Box(x, y, x + 4, y + 4);
    }

    private static List<String> captionsOf(long picture, int regions) {
        List<String> captions = new ArrayList<>();
        for (int region = 0; region < regions; region++) {
            captions.add(caption(picture, region));
        }
        return captions;
    }

    private @Nullable String wholeCaption(long picture) {
        return whole ? "picture" + picture + "." : null;
    }

    @Override
    public Example example(Split split, long index) {
        List<Region> boxes = new ArrayList<>();
        for (int region = 0; region < regions; region++) {
            boxes.add(new Region(box(region), caption(picture(index), region), "b" + region, "", Tier.LARGE));
        }
        return new Example(
                "p" + picture(index),
                new Picture(SIDE, SIDE, new byte[3 * SIDE * SIDE]),
                boxes,
                wholeCaption(picture(index)));
    }

    @Override
    public Outline outline(Split split, long index) {
        long picture = picture(index);
        List<Tier> tiers = Stream.generate(() -> Tier.LARGE).limit(regions).toList();
        return new Outline("p" + picture, captionsOf(picture, regions), tiers, wholeCaption(picture));
    }

    @Override
    public long size(Split split) {
        return size;
    }

    @Override
    public List<String> captions() {
        Map<String, Boolean> all = new TreeMap<>();
        for (int picture = 0; picture < size; picture++) {
            captionsOf(picture, regions).forEach(caption -> all.put(caption, true));
        }
        return List.copyOf(all.keySet());
    }

    @Override
    public String describe() {
        return "grids";
    }

    @Override
    public boolean supports(Split split) {
        return split == Split.TRAIN;
    }

    @Override
    public void close() {}
}
