package dev.fovea.datasets.sprites;

import dev.fovea.datasets.AtomicFiles;
import dev.fovea.datasets.DataException;
import dev.fovea.datasets.Progress;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/// All concepts of a library with their drawings, read from the icon sets once and kept in one file.
///
/// The file: a magic number, the length of the header, the header (concepts and where their bodies are), the SVG
/// bodies, and a CRC-32 of everything before it. A file that fails the check is made again.
public final class SpriteCatalog implements AutoCloseable {
    private static final long MAGIC = 0x464F564541434131L; // FOVEACA1
    private static final int PREFIX = Long.BYTES + Integer.BYTES;

    private final Arena arena;
    private final List<Concept> concepts;
    private final MemorySegment bodies;

    private SpriteCatalog(Arena arena, List<Concept> concepts, MemorySegment bodies) {
        this.arena = arena;
        this.concepts = concepts;
        this.bodies = bodies;
    }

    /// Opens the catalogue of a library, building it first if there is none.
    ///
    /// @throws DataException if the sets cannot be read or the cache folder cannot be written
    public static SpriteCatalog open(IconLibrary library, Path cacheFolder, Progress progress) {
        Path file = cacheFolder.resolve("sprites").resolve("catalog-" + library.version() + ".bin");
        try {
            SpriteCatalog ready = load(file);
            if (ready == null) {
                CatalogBuilder.Built built = CatalogBuilder.build(library, progress);
                AtomicFiles.writeCache(file, encode(built));
                ready = load(file);
            }
            if (ready == null) {
                throw new IOException("written, but it cannot be read back");
            }
            return ready;
        } catch (IOException e) {
            throw new DataException("cannot prepare the sprite catalogue " + file + ": " + e.getMessage(), e);
        }
    }

    /// Concepts in the order of their names.
    public List<Concept> concepts() {
        return concepts;
    }

    /// The SVG elements of a sprite.
    public String body(Sprite sprite) {
        byte[] bytes = bodies.asSlice(sprite.offset(), sprite.length()).toArray(ValueLayout.JAVA_BYTE);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        arena.close();
    }

    private static byte[] encode(CatalogBuilder.Built built) throws IOException {
        ByteArrayOutputStream header = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(header);
        out.writeInt(built.concepts().size());
        for (Concept concept : built.concepts()) {
            out.writeUTF(concept.name());
            out.writeBoolean(concept.thing());
            out.writeInt(concept.sprites().size());
            for (Sprite sprite : concept.sprites()) {
                write(out, sprite);
            }
        }
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        DataOutputStream whole = new DataOutputStream(file);
        whole.writeLong(MAGIC);
        whole.writeInt(header.size());
        whole.write(header.toByteArray());
        whole.write(built.bodies());
        CRC32 crc = new CRC32();
        crc.update(file.toByteArray());
        whole.writeInt((int) crc.getValue());
        return file.toByteArray();
    }

    private static void write(DataOutputStream out, Sprite sprite) throws IOException {
        out.writeInt(sprite.id());
        out.writeUTF(sprite.style());
        out.writeUTF(sprite.name());
        out.writeDouble(sprite.view().left());
        out.writeDouble(sprite.view().top());
        out.writeDouble(sprite.view().width());
        out.writeDouble(sprite.view().height());
        out.writeLong(sprite.offset());
        out.writeInt(sprite.length());
    }

    @SuppressWarnings("MustBeClosedChecker") // the catalogue owns the arena and closes it
    private static @Nullable SpriteCatalog load(Path file) throws IOException {
        if (!Files.exists(file)) {
            return null;
        }
        Arena arena = Arena.ofShared();
        SpriteCatalog catalog = null;
        try (FileChannel channel = FileChannel.open(file)) {
            MemorySegment all = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
            catalog = isSound(all) ? decode(arena, all) : null;
            return catalog;
        } finally {
            if (catalog == null) {
                arena.close();
            }
        }
    }

    private static boolean isSound(MemorySegment all) {
        long end = all.byteSize() - Integer.BYTES;
        if (end < PREFIX) {
            return false;
        }
        CRC32 crc = new CRC32();
        crc.update(all.asSlice(0, end).asByteBuffer());
        return big(all.asSlice(0, PREFIX)).getLong() == MAGIC
                && big(all.asSlice(end)).getInt() == (int) crc.getValue();
    }

    private static ByteBuffer big(MemorySegment segment) {
        return segment.asByteBuffer().order(ByteOrder.BIG_ENDIAN);
    }

    private static SpriteCatalog decode(Arena arena, MemorySegment all) throws IOException {
        int length = big(all.asSlice(Long.BYTES, Integer.BYTES)).getInt();
        byte[] header = all.asSlice(PREFIX, length).toArray(ValueLayout.JAVA_BYTE);
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(header));
        List<Concept> concepts = new ArrayList<>();
        for (int left = in.readInt(); left > 0; left--) {
            String name = in.readUTF();
            boolean thing = in.readBoolean();
            List<Sprite> sprites = new ArrayList<>();
            for (int more = in.readInt(); more > 0; more--) {
                sprites.add(readSprite(in));
            }
            concepts.add(new Concept(name, thing, List.copyOf(sprites)));
        }
        return new SpriteCatalog(arena, List.copyOf(concepts), all.asSlice((long) PREFIX + length));
    }

    private static Sprite readSprite(DataInputStream in) throws IOException {
        int id = in.readInt();
        String style = in.readUTF();
        String name = in.readUTF();
        double left = in.readDouble();
        double top = in.readDouble();
        Sprite.View view = new Sprite.View(left, top, in.readDouble(), in.readDouble());
        return new Sprite(id, style, name, view, in.readLong(), in.readInt());
    }
}
