package dev.fovea.runtime.parity;

import dev.fovea.datasets.Picture;
import dev.fovea.datasets.images.ImageCodec;
import dev.fovea.datasets.images.ModeResizer;
import dev.fovea.datasets.images.Normalized;
import dev.fovea.datasets.images.Resizer;
import dev.fovea.runtime.exec.Backend;
import java.io.IOException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;

/// The image processor of inference (ps3-spec 1.1): a picture file, squashed and normalised. The backend has no
/// part in it.
final class PreprocessCheck implements CaseCheck {
    private static final Pattern FILE = Pattern.compile("open\\('([^']+)'\\)");

    @Override
    public String kind() {
        return "image processor";
    }

    @Override
    public boolean matches(GoldenCase c) {
        return c.call().contains(".preprocess(");
    }

    @Override
    public void run(GoldenCase c, Backend backend, Findings out) {
        Matcher file = FILE.matcher(c.call());
        byte[] bytes = c.file(file.find() ? file.group(1) : "image.png");
        int side = c.params().get("image_size").asInt();
        byte[] rgb;
        try {
            if (c.hasInput("decoded_rgb")) {
                decoded(c, ImageCodec.decode(bytes), out);
            }
            rgb = ModeResizer.squash(bytes, side, filter(c));
        } catch (IOException e) {
            throw new GoldenException(c.name() + ": " + e.getMessage(), e);
        }
        out.check("resized_rgb_u8", values(rgb));
        out.check("pixel_values", normalized(rgb, side, numbers(c, "mean"), numbers(c, "std")));
    }

    private static Resizer.Filter filter(GoldenCase c) {
        String name = c.params().path("interpolation").asString("bicubic");
        return switch (name) {
            case "bicubic" -> Resizer.Filter.BICUBIC;
            case "bilinear" -> Resizer.Filter.BILINEAR;
            default -> throw new GoldenException("interpolation " + name + " is not built; bicubic and bilinear are");
        };
    }

    /// The input is what the reference decoded: ours must be the same.
    private static void decoded(GoldenCase c, Picture picture, Findings out) {
        double[] expected = c.input("decoded_rgb_u8").data(), ours = values(picture.rgb());
        double worst = expected.length == ours.length ? 0 : Double.POSITIVE_INFINITY;
        for (int i = 0; worst < 256 && i < ours.length; i++) {
            worst = Math.max(worst, Math.abs(ours[i] - expected[i]));
        }
        out.measure("decoded_rgb_u8 (input)", worst, 0, "the file is decoded differently");
    }

    static double[] values(byte[] bytes) {
        double[] values = new double[bytes.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = bytes[i] & 255;
        }
        return values;
    }

    private static List<Double> numbers(GoldenCase c, String key) {
        return c.params().path(key).valueStream().map(JsonNode::asDouble).toList();
    }

    /// (S,S,3) bytes to (3,S,S), by the code that prepares pictures for encoding
    static double[] normalized(byte[] rgb, int side, List<Double> mean, List<Double> std) {
        float[] planes = new Normalized(side, side, mean, std).planes(rgb);
        return IntStream.range(0, planes.length).mapToDouble(i -> planes[i]).toArray();
    }
}
