package dev.fovea.datasets.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fovea.datasets.Picture;
import dev.fovea.datasets.Seeds;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Base64;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImageCodecTest {
    /// One pixel, lossy, as browsers' tests for WebP use it.
    private static final String WEBP = "UklGRiQAAABXRUJQVlA4IBgAAAAwAQCdASoBAAEAAwA0JaQAA3AA/vuUAAA=";

    @Test
    void pngKeepsEveryPixel() throws IOException {
        Picture picture = noise(23, 31);
        Picture back = ImageCodec.decode(ImageCodec.encodePng(picture));
        assertThat(back.width()).isEqualTo(23);
        assertThat(back.rgb()).isEqualTo(picture.rgb());
    }

    @Test
    void jpegStaysClose() throws IOException {
        byte[] flat = new byte[40 * 24 * 3];
        Arrays.fill(flat, (byte) 90);
        byte[] back = ImageCodec.decode(ImageCodec.encodeJpeg(new Picture(40, 24, flat), 0.92))
                .rgb();
        for (byte value : back) {
            assertThat(value & 255).isBetween(87, 93);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"bmp", "tiff", "png"})
    void readsOtherFormats(String format) throws IOException {
        BufferedImage image = new BufferedImage(5, 3, BufferedImage.TYPE_INT_RGB);
        image.setRGB(4, 2, 0xFF8040);
        Picture picture = ImageCodec.decode(encode(image, format));
        assertThat(at(picture, 4, 2)).isEqualTo(0xFF8040);
        assertThat(at(picture, 0, 0)).isZero();
    }

    @Test
    void readsWebp() throws IOException {
        Picture picture = ImageCodec.decode(Base64.getDecoder().decode(WEBP));
        assertThat(picture.width() * picture.height()).isEqualTo(1);
    }

    @Test
    void greyIsNotBrightened() throws IOException {
        BufferedImage image = new BufferedImage(3, 2, BufferedImage.TYPE_BYTE_GRAY);
        image.getRaster().setSample(1, 1, 0, 77);
        assertThat(at(ImageCodec.decode(encode(image, "png")), 1, 1)).isEqualTo(0x4D4D4D);
        BufferedImage deep = new BufferedImage(3, 2, BufferedImage.TYPE_USHORT_GRAY);
        deep.getRaster().setSample(2, 0, 0, 0x4DFF);
        assertThat(at(ImageCodec.decode(encode(deep, "png")), 2, 0)).isEqualTo(0x4D4D4D);
    }

    @Test
    void transparencyIsDropped() throws IOException {
        BufferedImage image = new BufferedImage(2, 2, BufferedImage.TYPE_INT_ARGB);
        image.setRGB(0, 1, 0x40C08020);
        assertThat(at(ImageCodec.decode(encode(image, "png")), 0, 1)).isEqualTo(0xC08020);
    }

    @Test
    void palettesAreResolved() throws IOException {
        BufferedImage image = new BufferedImage(4, 4, BufferedImage.TYPE_BYTE_INDEXED);
        image.setRGB(2, 3, 0xFFFF0000);
        assertThat(at(ImageCodec.decode(encode(image, "png")), 2, 3)).isEqualTo(0xFF0000);
    }

    @Test
    void damageIsAnError() throws IOException {
        byte[] png = ImageCodec.encodePng(noise(20, 20));
        assertThatThrownBy(() -> ImageCodec.decode(Arrays.copyOf(png, png.length / 2)))
                .isInstanceOf(IOException.class);
        assertThatThrownBy(() -> ImageCodec.decode(new byte[] {1, 2, 3}))
                .isInstanceOf(IOException.class)
                .hasMessage("not a picture of a known format (3 bytes)");
        byte[] jpeg = ImageCodec.encodeJpeg(noise(40, 40), 0.9);
        assertThatThrownBy(() -> ImageCodec.decode(Arrays.copyOf(jpeg, jpeg.length * 2 / 3)))
                .hasMessageStartingWith("the JPEG is cut off (");
        byte[] webp = Base64.getDecoder().decode(WEBP);
        assertThatThrownBy(() -> ImageCodec.decode(Arrays.copyOf(webp, 25))).isInstanceOf(IOException.class);
    }

    private static byte[] encode(BufferedImage image, String format) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        assertThat(ImageIO.write(image, format, out)).as(format).isTrue();
        return out.toByteArray();
    }

    private static int at(Picture picture, int x, int y) {
        int i = (y * picture.width() + x) * 3;
        byte[] rgb = picture.rgb();
        return (rgb[i] & 255) << 16 | (rgb[i + 1] & 255) << 8 | rgb[i + 2] & 255;
    }

    private static Picture noise(int width, int height) {
        byte[] rgb = new byte[width * height * 3];
        Seeds.random(5).nextBytes(rgb);
        return new Picture(width, height, rgb);
    }
}
