package dev.fovea.datasets.scenes;

import dev.fovea.datasets.AtomicFiles;
import dev.fovea.datasets.DataException;
import dev.fovea.datasets.Picture;
import dev.fovea.datasets.Seeds;
import dev.fovea.datasets.images.Crop;
import dev.fovea.datasets.images.ImageCodec;
import dev.fovea.datasets.images.Resizer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/// Pictures from a folder, each cut to a centred square and resized; some scenes show them mirrored.
///
/// Pictures whose name hashes to 0 modulo 10 are kept for evaluation, if that leaves some for training. Resized
/// pictures are kept on disk (raw bytes and a CRC-32) and, within a budget, in memory.
final class PictureBackground implements Background {
    private static final List<String> ENDINGS = List.of(".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff");

    private final List<Path> training;
    private final List<Path> evaluation;
    private final Path cacheFolder;
    private final long budgetBytes;
    private final Map<Path, byte[]> memory = new LinkedHashMap<>(16, 0.75f, true);
    private long usedBytes;

    /// @param folder of pictures, not searched deeper
    /// @param budgetBytes memory for resized pictures; one is kept in any case
    /// @throws DataException if there are no pictures
    PictureBackground(Path folder, Path cacheFolder, long budgetBytes) {
        this.cacheFolder = cacheFolder.resolve("backgrounds");
        this.budgetBytes = budgetBytes;
        List<Path> all = list(folder);
        List<Path> kept = new ArrayList<>(all);
        kept.removeIf(PictureBackground::isForEvaluation);
        List<Path> others = new ArrayList<>(all);
        others.removeAll(kept);
        this.training = kept.isEmpty() ? all : List.copyOf(kept);
        this.evaluation = kept.isEmpty() || others.isEmpty() ? training : List.copyOf(others);
    }

    private static List<Path> list(Path folder) {
        if (!Files.isDirectory(folder)) {
            throw new DataException("data.train.pictures: there is no folder " + folder);
        }
        try (Stream<Path> files = Files.list(folder)) {
            List<Path> all = files.filter(Files::isRegularFile)
                    .filter(file -> ENDINGS.stream().anyMatch(name(file).toLowerCase(Locale.ROOT)::endsWith))
                    .sorted()
                    .toList();
            if (all.isEmpty()) {
                throw new DataException(
                        "data.train.pictures: no pictures (" + String.join(" ", ENDINGS) + ") in " + folder);
            }
            return all;
        } catch (IOException e) {
            throw new DataException("data.train.pictures: cannot list the folder " + folder + ": " + e.getMessage(), e);
        }
    }

    private static String name(Path file) {
        return String.valueOf(file.getFileName());
    }

    private static boolean isForEvaluation(Path file) {
        CRC32 crc = new CRC32();
        crc.update(name(file).getBytes(StandardCharsets.UTF_8));
        return crc.getValue() % 10 == 0;
    }

    @Override
    public byte[] draw(long seed, int side, boolean heldOut) throws IOException {
        SplittableRandom random = Seeds.random(seed, 3);
        List<Path> pictures = heldOut ? evaluation : training;
        Path file = pictures.get(random.nextInt(pictures.size()));
        byte[] square = square(file, side);
        return random.nextBoolean() ? mirrored(square, side) : square.clone();
    }

    private static byte[] mirrored(byte[] from, int side) {
        byte[] to = new byte[from.length];
        for (int y = 0; y < side; y++) {
            for (int x = 0; x < side; x++) {
                System.arraycopy(from, (y * side + x) * 3, to, (y * side + side - 1 - x) * 3, 3);
            }
        }
        return to;
    }

    private byte[] square(Path file, int side) throws IOException {
        byte[] known = remembered(file);
        if (known != null) {
            return known;
        }
        Path cached = cached(file, side);
        byte[] square = read(cached, side);
        if (square == null) {
            square = decode(file, side);
            keep(cached, square);
        }
        remember(file, square);
        return square;
    }

    private static void keep(Path cached, byte[] square) {
        try {
            AtomicFiles.writeCache(cached, withCheck(square));
        } catch (IOException e) {
            // A full or read-only cache costs time, not the run: the picture is resized again when needed.
            return;
        }
    }

    private static byte[] decode(Path file, int side) throws IOException {
        Picture picture;
        try {
            picture = ImageCodec.decode(Files.readAllBytes(file));
        } catch (IOException e) {
            throw new IOException("background " + file + ": " + e.getMessage(), e);
        }
        int cut = Math.min(picture.width(), picture.height());
        Crop crop = new Crop((picture.width() - cut) / 2, (picture.height() - cut) / 2, cut, cut);
        return Resizer.resize(picture, crop, side, side);
    }

    private synchronized byte @Nullable [] remembered(Path file) {
        return memory.get(file);
    }

    private synchronized void remember(Path file, byte[] square) {
        byte[] before = memory.put(file, square);
        usedBytes += square.length - (before == null ? 0 : before.length);
        var oldest = memory.values().iterator();
        while (usedBytes > budgetBytes && memory.size() > 1) {
            usedBytes -= oldest.next().length;
            oldest.remove();
        }
    }

    private Path cached(Path file, int side) throws IOException {
        String what = file.toAbsolutePath() + "\n" + Files.size(file) + "\n"
                + Files.getLastModifiedTime(file).toMillis() + "\n" + side;
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(what.getBytes(StandardCharsets.UTF_8));
            return cacheFolder.resolve(HexFormat.of().formatHex(hash, 0, 16) + ".rgb");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private static byte[] withCheck(byte[] square) {
        CRC32 crc = new CRC32();
        crc.update(square);
        return ByteBuffer.allocate(square.length + Integer.BYTES)
                .put(square)
                .putInt((int) crc.getValue())
                .array();
    }

    private static byte @Nullable [] read(Path cached, int side) throws IOException {
        int length = side * side * 3;
        if (!Files.exists(cached) || Files.size(cached) != length + Integer.BYTES) {
            return null;
        }
        byte[] file = Files.readAllBytes(cached);
        CRC32 crc = new CRC32();
        crc.update(file, 0, length);
        if (ByteBuffer.wrap(file, length, Integer.BYTES).getInt() != (int) crc.getValue()) {
            return null;
        }
        return Arrays.copyOf(file, length);
    }
}
