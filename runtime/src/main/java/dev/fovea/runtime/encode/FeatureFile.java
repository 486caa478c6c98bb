package dev.fovea.runtime.encode;

import dev.fovea.dsl.run.AtomicFiles;
import dev.fovea.runtime.select.ScaleGrid;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.FixedSizeListVector;
import org.apache.arrow.vector.dictionary.DictionaryProvider;
import org.apache.arrow.vector.ipc.ArrowFileWriter;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;

/// Features of pictures as an Arrow IPC file: one row a token, in the order of [Encoding#hidden].
///
/// Columns: `image` utf8, `scale` int32 (side in pixels), `row`, `column` int32 in the scale's grid, `round`
/// int32 (-1 for the low-resolution pass), `index` int64 (place of the token in its picture), and for each kept
/// block `hidden.<block>` fixed-size list of float32 (D). The schema's metadata has the shapes, see [#write].
public final class FeatureFile {
    private static final int BATCH_ROWS = 4096;

    private FeatureFile() {}

    /// One encoded picture.
    ///
    /// @param name as it shall stand in the file
    public record Named(String name, Encoding encoding) {}

    /// What is the same for all pictures.
    ///
    /// @param scales side in pixels of each scale, the low-resolution one first
    /// @param firstBlock number of the first kept block
    /// @param width D
    public record Form(List<Integer> scales, int firstBlock, int layers, int width) {
        /// Copies the list.
        public Form {
            scales = List.copyOf(scales);
        }
    }

    /// Hands over pictures one after the other, so that only one has to be in memory.
    @FunctionalInterface
    public interface Source {
        /// Calls `sink` with each picture.
        void each(Sink sink) throws IOException;
    }

    /// Takes a picture.
    @FunctionalInterface
    public interface Sink {
        /// Writes the tokens of one picture.
        void accept(Named picture) throws IOException;
    }

    /// Writes the pictures of `source`; the file appears when all are there.
    ///
    /// @param metadata further facts for the schema, such as checkpoint and prompt
    /// @throws dev.fovea.dsl.run.StoreException if the file cannot be written
    public static void write(Path file, Form form, Map<String, String> metadata, Source source) {
        AtomicFiles.write(file, out -> writeTo(out, form, metadata, source));
    }

    private static void writeTo(OutputStream out, Form form, Map<String, String> metadata, Source source)
            throws IOException {
        try (BufferAllocator allocator = new RootAllocator();
                VectorSchemaRoot root = VectorSchemaRoot.create(schema(form, metadata), allocator);
                ArrowFileWriter writer = new ArrowFileWriter(
                        root, new DictionaryProvider.MapDictionaryProvider(), Channels.newChannel(out))) {
            writer.start();
            source.each(picture -> tokens(picture, form, root, writer));
            writer.end();
        }
    }

    private static Schema schema(Form form, Map<String, String> metadata) {
        List<Field> fields = new ArrayList<>();
        fields.add(Field.notNullable("image", ArrowType.Utf8.INSTANCE));
        for (String name : List.of("scale", "row", "column", "round")) {
            fields.add(Field.notNullable(name, new ArrowType.Int(32, true)));
        }
        fields.add(Field.notNullable("index", new ArrowType.Int(64, true)));
        Field item = Field.notNullable("item", new ArrowType.FloatingPoint(FloatingPointPrecision.SINGLE));
        for (int l = 0; l < form.layers(); l++) {
            FieldType list = FieldType.notNullable(new ArrowType.FixedSizeList(form.width()));
            fields.add(new Field("hidden." + (form.firstBlock() + l), list, List.of(item)));
        }
        return new Schema(fields, metadata);
    }

    /// Where a token comes from.
    private record Place(int scale, int row, int column, int round) {}

    private static void tokens(Named picture, Form form, VectorSchemaRoot root, ArrowFileWriter writer)
            throws IOException {
        List<Place> places = places(picture.encoding(), form);
        byte[] name = picture.name().getBytes(StandardCharsets.UTF_8);
        for (int begin = 0; begin < places.size(); begin += BATCH_ROWS) {
            int rows = Math.min(BATCH_ROWS, places.size() - begin);
            root.getFieldVectors().forEach(FieldVector::reset);
            for (int i = 0; i < rows; i++) {
                Place place = places.get(begin + i);
                ((VarCharVector) root.getVector("image")).setSafe(i, name);
                ((IntVector) root.getVector("scale")).setSafe(i, place.scale());
                ((IntVector) root.getVector("row")).setSafe(i, place.row());
                ((IntVector) root.getVector("column")).setSafe(i, place.column());
                ((IntVector) root.getVector("round")).setSafe(i, place.round());
                ((BigIntVector) root.getVector("index")).setSafe(i, begin + i);
            }
            for (int l = 0; l < form.layers(); l++) {
                FixedSizeListVector list = (FixedSizeListVector) root.getVector("hidden." + (form.firstBlock() + l));
                fill(list, picture.encoding().hidden().get(l), begin, rows, form.width());
            }
            root.setRowCount(rows);
            writer.writeBatch();
        }
    }

    private static void fill(FixedSizeListVector list, float[] values, int begin, int rows, int width) {
        Float4Vector data = (Float4Vector) list.getDataVector();
        data.allocateNew(rows * width);
        for (int i = 0; i < rows * width; i++) {
            data.set(i, values[begin * width + i]);
        }
        data.setValueCount(rows * width);
        for (int i = 0; i < rows; i++) {
            list.setNotNull(i);
        }
        list.setValueCount(rows);
    }

    private static List<Place> places(Encoding encoding, Form form) {
        List<Place> places = new ArrayList<>();
        int side = encoding.low().side();
        for (int i = 0; i < side * side; i++) {
            places.add(new Place(form.scales().getFirst(), i / side, i % side, -1));
        }
        for (int s = 0; s < encoding.selected().size(); s++) {
            ScaleGrid grid = encoding.low().grids().get(s);
            int[] roundOf = new int[grid.cells()];
            for (int r = 0; r < encoding.rounds().size(); r++) {
                for (int cell : encoding.rounds().get(r).get(s)) {
                    roundOf[cell] = r;
                }
            }
            for (int cell : encoding.selected().get(s)) {
                places.add(new Place(
                        form.scales().get(s + 1), cell / grid.columns(), cell % grid.columns(), roundOf[cell]));
            }
        }
        return places;
    }
}
