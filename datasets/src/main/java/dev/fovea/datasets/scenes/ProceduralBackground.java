package dev.fovea.datasets.scenes;

import dev.fovea.datasets.Seeds;
import java.util.SplittableRandom;

/// Gradients, noise, stripes and weaves in quiet colours, with fine grain so that no area is quite flat.
final class ProceduralBackground implements Background {
    private static final int SHADES = 256;

    @Override
    public byte[] draw(long seed, int side, boolean heldOut) {
        SplittableRandom random = Seeds.random(seed, 1);
        Field field = Field.random(random, side);
        int[] palette = palette(random);
        int grain = 1 + random.nextInt(12);
        byte[] rgb = new byte[Math.multiplyExact(Math.multiplyExact(side, side), 3)];
        float[] values = new float[side];
        int at = 0;
        for (int y = 0; y < side; y++) {
            field.row(y, values);
            long state = Seeds.mix(seed, 2, y) | 1;
            for (int x = 0; x < side; x++, at += 3) {
                state ^= state << 13;
                state ^= state >>> 7;
                state ^= state << 17;
                int noise = ((int) (state >>> 40 & 255) * (2 * grain + 1) >> 8) - grain;
                int colour = palette[Math.clamp((int) (values[x] * SHADES), 0, SHADES - 1)];
                rgb[at] = shade((colour >> 16 & 255) + noise);
                rgb[at + 1] = shade((colour >> 8 & 255) + noise);
                rgb[at + 2] = shade((colour & 255) + noise);
            }
        }
        return rgb;
    }

    private static byte shade(int value) {
        return (byte) Math.clamp(value, 0, 255);
    }

    /// Colours from one end over a middle to the other: related hues, quiet, of any brightness.
    private static int[] palette(SplittableRandom random) {
        double hue = random.nextDouble();
        double saturation = random.nextDouble(0.05, 0.45);
        double brightness = random.nextDouble(0.2, 0.95);
        double contrast = random.nextDouble(0.04, 0.3);
        int[] stops = new int[3];
        for (int i = 0; i < stops.length; i++) {
            double value = brightness + contrast * random.nextDouble(-1, 1);
            double turned = hue + random.nextDouble(-0.08, 0.08);
            stops[i] = colour(turned - Math.floor(turned), saturation, Math.clamp(value, 0.05, 1.0));
        }
        int[] palette = new int[SHADES];
        for (int i = 0; i < SHADES; i++) {
            double t = 2.0 * i / (SHADES - 1);
            palette[i] = t < 1 ? between(stops[0], stops[1], t) : between(stops[1], stops[2], t - 1);
        }
        return palette;
    }

    /// Hue, saturation and value in 0..1 to 24-bit RGB.
    private static int colour(double hue, double saturation, double value) {
        return channel(hue, saturation, value, 5) << 16
                | channel(hue, saturation, value, 3) << 8
                | channel(hue, saturation, value, 1);
    }

    private static int channel(double hue, double saturation, double value, int offset) {
        double k = (offset + hue * 6) % 6;
        return (int) Math.round(255 * value * (1 - saturation * Math.clamp(Math.min(k, 4 - k), 0.0, 1.0)));
    }

    private static int between(int one, int other, double t) {
        int red = (int) Math.round((1 - t) * (one >> 16 & 255) + t * (other >> 16 & 255));
        int green = (int) Math.round((1 - t) * (one >> 8 & 255) + t * (other >> 8 & 255));
        int blue = (int) Math.round((1 - t) * (one & 255) + t * (other & 255));
        return red << 16 | green << 8 | blue;
    }
}
