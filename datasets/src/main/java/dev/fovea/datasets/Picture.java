package dev.fovea.datasets;

/// An RGB picture of 8 bits a channel.
///
/// The array is handed out without a copy: whoever gets a picture must not write into it.
public final class Picture {
    private final int width;
    private final int height;
    private final byte[] rgb;

    /// @param rgb height * width * 3 bytes, row-major, channels interleaved
    public Picture(int width, int height, byte[] rgb) {
        if (width < 1 || height < 1 || (long) width * height * 3 != rgb.length) {
            throw new IllegalArgumentException("a picture of " + width + "x" + height + " needs " + 3L * width * height
                    + " bytes, not " + rgb.length);
        }
        this.width = width;
        this.height = height;
        this.rgb = rgb;
    }

    /// Width in pixels.
    public int width() {
        return width;
    }

    /// Height in pixels.
    public int height() {
        return height;
    }

    /// The pixels (height, width, 3), 0..255 as unsigned bytes.
    public byte[] rgb() {
        return rgb;
    }
}
