package dev.fovea.datasets.images;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fovea.datasets.Picture;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Pictures are turned as their EXIF tag says.
class OrientationTest {
    /// Stored pixels 0 1 2 / 3 4 5, and what is to be seen, row by row, as the EXIF standard has it.
    @ParameterizedTest
    @CsvSource({
        "1, 3, 0 1 2 3 4 5",
        "2, 3, 2 1 0 5 4 3",
        "3, 3, 5 4 3 2 1 0",
        "4, 3, 3 4 5 0 1 2",
        "5, 2, 0 3 1 4 2 5",
        "6, 2, 3 0 4 1 5 2",
        "7, 2, 5 2 4 1 3 0",
        "8, 2, 2 5 1 4 0 3"
    })
    void turnsPixels(int value, int width, String expected) {
        byte[] rgb = new byte[18];
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = (byte) (i / 3);
        }
        Picture seen = new Orientation(value).upright(new Picture(3, 2, rgb));
        assertThat(seen.width()).isEqualTo(width);
        assertThat(seen.height()).isEqualTo(6 / width);
        List<Integer> pixels =
                Arrays.stream(expected.split(" ")).map(Integer::valueOf).toList();
        for (int i = 0; i < 18; i++) {
            assertThat(seen.rgb()[i]).isEqualTo(pixels.get(i / 3).byteValue());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 6, 8})
    void readsTheTagOfJpegAndPng(int value) throws IOException {
        Picture picture = new Picture(8, 4, new byte[96]);
        assertThat(Orientation.of(withExif(ImageCodec.encodeJpeg(picture, 0.9), value)))
                .isEqualTo(new Orientation(value));
        assertThat(Orientation.of(withExifChunk(ImageCodec.encodePng(picture), value)))
                .isEqualTo(new Orientation(value));
    }

    @Test
    void withoutATagOrWithNonsenseAPictureIsUpright() throws IOException {
        byte[] jpeg = ImageCodec.encodeJpeg(new Picture(8, 4, new byte[96]), 0.9);
        assertThat(Orientation.of(jpeg)).isEqualTo(Orientation.UPRIGHT);
        assertThat(Orientation.of(withExif(jpeg, 77))).isEqualTo(Orientation.UPRIGHT);
        assertThat(Orientation.of(new byte[] {1, 2, 3})).isEqualTo(Orientation.UPRIGHT);
        assertThat(Orientation.of(Arrays.copyOf(withExif(jpeg, 6), 40))).isNotNull();
    }

    /// A TIFF header with one entry, the orientation.
    private static byte[] tiff(int value) {
        return ByteBuffer.allocate(26)
                .put("MM\0*".getBytes(StandardCharsets.ISO_8859_1))
                .putInt(8)
                .putShort((short) 1)
                .putShort((short) 0x0112)
                .putShort((short) 3)
                .putInt(1)
                .putShort((short) value)
                .putShort((short) 0)
                .putInt(0)
                .array();
    }

    private static byte[] withExif(byte[] jpeg, int value) throws IOException {
        byte[] tiff = tiff(value);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(jpeg, 0, 2);
        out.write(ByteBuffer.allocate(10)
                .putShort((short) 0xFFE1)
                .putShort((short) (8 + tiff.length))
                .put("Exif\0\0".getBytes(StandardCharsets.ISO_8859_1))
                .array());
        out.write(tiff);
        out.write(jpeg, 2, jpeg.length - 2);
        return out.toByteArray();
    }

    /// After the header chunk, which ends at byte 33.
    private static byte[] withExifChunk(byte[] png, int value) throws IOException {
        byte[] tiff = tiff(value), name = "eXIf".getBytes(StandardCharsets.ISO_8859_1);
        CRC32 crc = new CRC32();
        crc.update(name);
        crc.update(tiff);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(png, 0, 33);
        out.write(ByteBuffer.allocate(8).putInt(tiff.length).put(name).array());
        out.write(tiff);
        out.write(ByteBuffer.allocate(4).putInt((int) crc.getValue()).array());
        out.write(png, 33, png.length - 33);
        return out.toByteArray();
    }
}
