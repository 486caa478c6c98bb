package dev.fovea.datasets.sprites;

import dev.fovea.datasets.AtomicFiles;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/// Sprites at the sizes that scenes need: drawn once at a master size, kept on disk under a hash of what was drawn,
/// and scaled copies kept in memory within a budget.
///
/// Several processes may share the folder: files appear whole, and one that fails its check is drawn again.
public final class SpriteStore {
    private static final int MAGIC = 0x46565350; // FVSP
    private static final int SMALLEST_MASTER = 64;

    /// A drawing that fills less than a quarter of its icon's side is enlarged instead of drawn ever larger.
    private static final int MOST_MARGIN = 4;

    private final SpriteCatalog catalog;
    private final Path folder;
    private final CutoutCache memory;

    /// @param cacheFolder the shared cache; sprites go into a folder of their own below it
    /// @param budgetBytes memory for scaled sprites
    public SpriteStore(SpriteCatalog catalog, Path cacheFolder, long budgetBytes) {
        this.catalog = catalog;
        this.folder = cacheFolder.resolve("sprites").resolve("drawn");
        this.memory = new CutoutCache(budgetBytes);
    }

    /// The sprite with its longer side `side` pixels long (see [AreaScaler] for drawings that fade out).
    ///
    /// @throws IOException if the icon cannot be drawn
    public Cutout sprite(Sprite sprite, int side) throws IOException {
        Cutout known = memory.get(sprite.id(), side);
        if (known != null) {
            return known;
        }
        Cutout scaled = AreaScaler.scale(master(sprite, side), side);
        if (scaled.isEmpty()) {
            throw new IOException("nothing to see at " + side + " px");
        }
        memory.put(sprite.id(), side, scaled);
        return scaled;
    }

    /// Draws a sprite for sizes up to `side` into the disk cache, if it is not there.
    ///
    /// @throws IOException if the icon cannot be drawn
    public void prepare(Sprite sprite, int side) throws IOException {
        master(sprite, side);
    }

    /// The drawing at the smallest power of two at which the visible part is at least `side` long.
    private Cutout master(Sprite sprite, int side) throws IOException {
        int square = SMALLEST_MASTER;
        while (square < side) {
            square *= 2;
        }
        Cutout cutout = drawn(sprite, square);
        while (Math.max(cutout.width(), cutout.height()) < side && square <= MOST_MARGIN * side) {
            square *= 2;
            cutout = drawn(sprite, square);
        }
        return cutout;
    }

    private Cutout drawn(Sprite sprite, int square) throws IOException {
        Cutout known = memory.get(sprite.id(), -square);
        if (known != null) {
            return known;
        }
        String document = SpriteRenderer.document(sprite.view(), catalog.body(sprite), square);
        Path file = file(document, square);
        Cutout cutout = read(file);
        if (cutout == null) {
            cutout = SpriteRenderer.render(document, square);
            keep(file, cutout);
        }
        memory.put(sprite.id(), -square, cutout);
        return cutout;
    }

    private static void keep(Path file, Cutout cutout) {
        try {
            AtomicFiles.writeCache(file, encode(cutout));
        } catch (IOException e) {
            // A full or read-only cache costs time, not the run: the sprite is drawn again when needed.
            return;
        }
    }

    private Path file(String document, int side) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update((SpriteRenderer.VERSION + " " + side + "\n").getBytes(StandardCharsets.UTF_8));
            String hex = HexFormat.of().formatHex(digest.digest(document.getBytes(StandardCharsets.UTF_8)));
            return folder.resolve(hex.substring(0, 2)).resolve(hex.substring(2, 34) + ".sprite");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /// Magic, width, height, CRC-32 of the pixels, then the pixels deflated.
    private static byte[] encode(Cutout cutout) throws IOException {
        byte[] pixels = bytes(cutout);
        CRC32 crc = new CRC32();
        crc.update(pixels);
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(file);
        out.writeInt(MAGIC);
        out.writeInt(cutout.width());
        out.writeInt(cutout.height());
        out.writeInt((int) crc.getValue());
        Deflater deflater = new Deflater(Deflater.BEST_SPEED);
        try (DeflaterOutputStream deflated = new DeflaterOutputStream(out, deflater)) {
            deflated.write(pixels);
        } finally {
            deflater.end();
        }
        return file.toByteArray();
    }

    private static byte[] bytes(Cutout cutout) {
        ByteBuffer buffer = ByteBuffer.allocate(4 * cutout.argb().length);
        buffer.asIntBuffer().put(cutout.argb());
        return buffer.array();
    }

    /// The cutout of a sound file, else null.
    private static @Nullable Cutout read(Path file) {
        try {
            ByteBuffer in = ByteBuffer.wrap(Files.readAllBytes(file));
            if (in.remaining() < 16 || in.getInt() != MAGIC) {
                return null;
            }
            int width = in.getInt();
            int height = in.getInt();
            int crc = in.getInt();
            if (width < 1 || height < 1 || (long) width * height > 1 << 24) {
                return null;
            }
            byte[] pixels = inflate(in, 4 * width * height);
            CRC32 check = new CRC32();
            check.update(pixels);
            if ((int) check.getValue() != crc) {
                return null;
            }
            int[] argb = new int[width * height];
            ByteBuffer.wrap(pixels).asIntBuffer().get(argb);
            return new Cutout(width, height, argb);
        } catch (IOException | DataFormatException e) {
            return null;
        }
    }

    private static byte[] inflate(ByteBuffer in, int length) throws DataFormatException {
        byte[] out = new byte[length];
        Inflater inflater = new Inflater();
        try {
            inflater.setInput(in);
            int at = 0;
            for (int got = 1; got > 0 && at < length; at += got) {
                got = inflater.inflate(out, at, length - at);
            }
        } finally {
            inflater.end();
        }
        return out;
    }
}
