package dev.fovea.datasets.sprites;

/// A picture with transparency, cut tight around what can be seen.
///
/// @param width columns
/// @param height rows
/// @param argb premultiplied pixels, row-major, alpha in the top byte; not to be written into
public record Cutout(int width, int height, int[] argb) {
    /// The smallest alpha (of 255) that counts as visible.
    public static final int VISIBLE = 16;

    /// The same picture without the rows and columns around it in which nothing is visible; 0x0 if nothing is.
    public Cutout trim() {
        int left = width;
        int right = -1;
        int top = height;
        int bottom = -1;
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                if (argb[y * width + x] >>> 24 >= VISIBLE) {
                    left = Math.min(left, x);
                    right = Math.max(right, x);
                    top = Math.min(top, y);
                    bottom = y;
                }
            }
        }
        if (right < 0) {
            return new Cutout(0, 0, new int[0]);
        }
        return cut(left, top, right - left + 1, bottom - top + 1);
    }

    private Cutout cut(int left, int top, int newWidth, int newHeight) {
        if (newWidth == width && newHeight == height) {
            return this;
        }
        int[] pixels = new int[newWidth * newHeight];
        for (int y = 0; y < newHeight; y++) {
            System.arraycopy(argb, (top + y) * width + left, pixels, y * newWidth, newWidth);
        }
        return new Cutout(newWidth, newHeight, pixels);
    }

    /// Whether nothing can be seen.
    public boolean isEmpty() {
        return argb.length == 0;
    }

    /// Bytes of memory it takes, roughly.
    public long bytes() {
        return 4L * argb.length + 64;
    }
}
