package dev.fovea.datasets.images;

import dev.fovea.datasets.Box;
import java.util.List;
import java.util.SplittableRandom;

/// A rectangle of whole pixels cut out of a picture and then resized to a square.
///
/// @param x left column
/// @param y top row
/// @param width columns, at least 1
/// @param height rows, at least 1
public record Crop(int x, int y, int width, int height) {
    private static final int TRIES = 10;

    /// The whole picture.
    public static Crop whole(int width, int height) {
        return new Crop(0, 0, width, height);
    }

    /// A random crop as in torchvision's RandomResizedCrop: ten tries at an area and an aspect ratio that fit, else
    /// the largest centred crop within the aspect limits.
    ///
    /// @param area range of the crop's area as a share of the picture's
    /// @param aspect range of width / height, drawn evenly in the logarithm
    public static Crop random(SplittableRandom random, int width, int height, List<Double> area, List<Double> aspect) {
        double logLow = Math.log(aspect.getFirst());
        double logHigh = Math.log(aspect.getLast());
        for (int attempt = 0; attempt < TRIES; attempt++) {
            double pixels = (double) width * height * between(random, area.getFirst(), area.getLast());
            double ratio = Math.exp(between(random, logLow, logHigh));
            int w = (int) Math.round(Math.sqrt(pixels * ratio));
            int h = (int) Math.round(Math.sqrt(pixels / ratio));
            if (w > 0 && h > 0 && w <= width && h <= height) {
                return new Crop(random.nextInt(width - w + 1), random.nextInt(height - h + 1), w, h);
            }
        }
        return centred(width, height, aspect);
    }

    private static Crop centred(int width, int height, List<Double> aspect) {
        double ratio = (double) width / height;
        int w = width;
        int h = height;
        if (ratio < aspect.getFirst()) {
            h = Math.clamp(Math.round(w / aspect.getFirst()), 1, height);
        } else if (ratio > aspect.getLast()) {
            w = Math.clamp(Math.round(h * aspect.getLast()), 1, width);
        }
        return new Crop((width - w) / 2, (height - h) / 2, w, h);
    }

    private static double between(SplittableRandom random, double low, double high) {
        return low < high ? random.nextDouble(low, high) : low;
    }

    /// The crop as a box of the picture.
    public Box box() {
        return new Box(x, y, (double) x + width, (double) y + height);
    }

    /// A box of the picture in pixels of the resized crop: moved, cut off at the crop's edges, scaled.
    public Box map(Box box, int side) {
        double sx = (double) side / width;
        double sy = (double) side / height;
        return new Box(
                Math.clamp(box.x0() - x, 0.0, width) * sx,
                Math.clamp(box.y0() - y, 0.0, height) * sy,
                Math.clamp(box.x1() - x, 0.0, width) * sx,
                Math.clamp(box.y1() - y, 0.0, height) * sy);
    }

    void requireInside(int pictureWidth, int pictureHeight) {
        if (x < 0 || y < 0 || width < 1 || height < 1 || x + width > pictureWidth || y + height > pictureHeight) {
            throw new IllegalArgumentException(
                    this + " is not inside a picture of " + pictureWidth + "x" + pictureHeight);
        }
    }
}
