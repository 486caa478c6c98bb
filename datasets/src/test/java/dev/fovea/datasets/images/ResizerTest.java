package dev.fovea.datasets.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.fovea.datasets.Box;
import dev.fovea.datasets.Picture;
import dev.fovea.datasets.Seeds;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ResizerTest {
    private static final List<Crop> CROPS =
            List.of(new Crop(0, 0, 90, 72), new Crop(5, 3, 79, 64), new Crop(30, 22, 60, 50));

    /// Recorded from Pillow 9.4 through torchvision's resized_crop; must agree in every byte.
    @Test
    void cropsAndResizesAsTheReferenceDoes() throws IOException {
        byte[] expected = recorded();
        Picture picture = ImageCodec.decode(resource("/crop-resize/image.png"));
        for (int i = 0; i < CROPS.size(); i++) {
            int at = i * (48 * 48 * 3 + 3 * 48 * 48);
            assertThat(Resizer.resize(picture, CROPS.get(i), 48, 48))
                    .as("crop %d", i)
                    .isEqualTo(Arrays.copyOfRange(expected, at, at + 48 * 48 * 3));
        }
    }

    @Test
    void movesBoxesAsTheReferenceDoes() {
        Box box = CROPS.get(1).map(new Box(55.5, 20.25, 63, 71.75), 48);
        assertThat(box.x0()).isCloseTo(30.683542, within(1e-5));
        assertThat(box.y0()).isCloseTo(12.9375, within(1e-5));
        assertThat(box.x1()).isCloseTo(35.240505, within(1e-5));
        assertThat(box.y1()).isEqualTo(48);
    }

    @ParameterizedTest
    @CsvSource({"31,17,9,23", "64,64,64,64", "13,200,13,7", "200,13,201,13", "5,5,37,1", "1,1,3,3", "100,90,99,91"})
    void agreesWithTheSlowDefinition(int width, int height, int toWidth, int toHeight) {
        Picture picture = noise(width, height, 7);
        Crop whole = Crop.whole(width, height);
        byte[] fast = Resizer.resize(picture, whole, toWidth, toHeight);
        for (int y = 0; y < toHeight; y++) {
            for (int x = 0; x < toWidth; x++) {
                for (int c = 0; c < 3; c++) {
                    double exact = slow(
                            picture,
                            (x + 0.5) * width / toWidth,
                            (y + 0.5) * height / toHeight,
                            Math.max(1, (double) width / toWidth),
                            Math.max(1, (double) height / toHeight),
                            c);
                    // Each pass rounds to 8 bits; negative lobes amplify the first rounding a little.
                    assertThat((double) (fast[(y * toWidth + x) * 3 + c] & 255))
                            .as("pixel %d,%d channel %d", x, y, c)
                            .isCloseTo(exact, within(1.5));
                }
            }
        }
    }

    /// Row sums clipped as 8-bit intermediates clip them, then the sum over rows.
    private static double slow(Picture p, double cx, double cy, double sx, double sy, int channel) {
        double sum = 0;
        double weights = 0;
        for (int y = 0; y < p.height(); y++) {
            double wy = Resizer.bicubic((y + 0.5 - cy) / sy);
            double row = 0;
            double rowWeights = 0;
            for (int x = 0; x < p.width(); x++) {
                double wx = Resizer.bicubic((x + 0.5 - cx) / sx);
                row += wx * (p.rgb()[(y * p.width() + x) * 3 + channel] & 255);
                rowWeights += wx;
            }
            sum += wy * Math.clamp(row / rowWeights, 0.0, 255.0);
            weights += wy;
        }
        return Math.clamp(sum / weights, 0.0, 255.0);
    }

    @Test
    void keepsAPictureOfTheSameSizeExactly() {
        Picture picture = noise(37, 37, 3);
        assertThat(Resizer.resize(picture, Crop.whole(37, 37), 37, 37)).isEqualTo(picture.rgb());
        byte[] cut = Resizer.resize(picture, new Crop(4, 9, 20, 20), 20, 20);
        assertThat(cut[(3 * 20 + 5) * 3]).isEqualTo(picture.rgb()[((9 + 3) * 37 + 4 + 5) * 3]);
    }

    @Test
    void refusesACropOutside() {
        assertThatThrownBy(() -> Resizer.resize(noise(10, 8, 1), new Crop(3, 0, 8, 8), 4, 4))
                .hasMessageContaining("is not inside a picture of 10x8");
    }

    private static Picture noise(int width, int height, long seed) {
        SplittableRandom random = Seeds.random(seed);
        byte[] rgb = new byte[width * height * 3];
        random.nextBytes(rgb);
        return new Picture(width, height, rgb);
    }

    private static byte[] recorded() throws IOException {
        try (InputStream in = ResizerTest.class.getResourceAsStream("/crop-resize/expected.bin.gz")) {
            return new GZIPInputStream(Objects.requireNonNull(in)).readAllBytes();
        }
    }

    private static byte[] resource(String name) throws IOException {
        try (InputStream in = ResizerTest.class.getResourceAsStream(name)) {
            return Objects.requireNonNull(in).readAllBytes();
        }
    }
}
