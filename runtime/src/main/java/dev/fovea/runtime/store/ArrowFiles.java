package dev.fovea.runtime.store;

import dev.fovea.dsl.run.AtomicFiles;
import dev.fovea.dsl.run.StoreException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.arrow.compression.CommonsCompressionFactory;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.compression.CompressionUtil;
import org.apache.arrow.vector.dictionary.DictionaryProvider;
import org.apache.arrow.vector.ipc.ArrowFileReader;
import org.apache.arrow.vector.ipc.ArrowFileWriter;
import org.apache.arrow.vector.ipc.message.IpcOption;

/// [ArrowTable] to and from Arrow IPC files, compressed with ZSTD.
final class ArrowFiles {
    private static final int BATCH_ROWS = 1 << 16;

    private ArrowFiles() {}

    static void write(Path file, ArrowTable table) {
        AtomicFiles.write(file, out -> writeTo(table, out));
    }

    private static void writeTo(ArrowTable table, OutputStream out) throws IOException {
        try (BufferAllocator allocator = new RootAllocator();
                VectorSchemaRoot root = emptyRoot(table, allocator);
                ArrowFileWriter writer = new ArrowFileWriter(
                        root,
                        new DictionaryProvider.MapDictionaryProvider(),
                        Channels.newChannel(out),
                        Map.of(),
                        IpcOption.DEFAULT,
                        CommonsCompressionFactory.INSTANCE,
                        CompressionUtil.CodecType.ZSTD)) {
            writer.start();
            for (int begin = 0; begin < table.rows(); begin += BATCH_ROWS) {
                int rows = Math.min(BATCH_ROWS, table.rows() - begin);
                for (ArrowTable.Column column : table.columns()) {
                    fill(root.getVector(column.name()), column, begin, rows);
                }
                root.setRowCount(rows);
                writer.writeBatch();
            }
            writer.end();
        }
    }

    private static VectorSchemaRoot emptyRoot(ArrowTable table, BufferAllocator allocator) {
        List<FieldVector> vectors = new ArrayList<>();
        for (ArrowTable.Column column : table.columns()) {
            vectors.add(
                    switch (column) {
                        case ArrowTable.Longs longs -> new BigIntVector(longs.name(), allocator);
                        case ArrowTable.Doubles doubles -> new Float8Vector(doubles.name(), allocator);
                        case ArrowTable.Texts texts -> new VarCharVector(texts.name(), allocator);
                    });
        }
        return new VectorSchemaRoot(vectors);
    }

    private static void fill(FieldVector vector, ArrowTable.Column column, int begin, int rows) {
        vector.reset();
        for (int i = 0; i < rows; i++) {
            switch (column) {
                case ArrowTable.Longs longs -> ((BigIntVector) vector).setSafe(i, longs.values()[begin + i]);
                case ArrowTable.Doubles doubles -> ((Float8Vector) vector).setSafe(i, doubles.values()[begin + i]);
                case ArrowTable.Texts texts ->
                    ((VarCharVector) vector)
                            .setSafe(i, texts.values().get(begin + i).getBytes(StandardCharsets.UTF_8));
            }
        }
        vector.setValueCount(rows);
    }

    static ArrowTable read(Path file) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return read(file, channel);
        } catch (IOException failure) {
            throw StoreException.of("read", file, failure);
        } catch (StoreException problem) {
            throw problem;
        } catch (RuntimeException problem) {
            throw new StoreException(file + ": damaged, or not an Arrow file: " + problem, problem);
        }
    }

    private static ArrowTable read(Path file, FileChannel channel) throws IOException {
        List<Collected> columns = new ArrayList<>();
        try (BufferAllocator allocator = new RootAllocator();
                ArrowFileReader reader = new ArrowFileReader(channel, allocator, CommonsCompressionFactory.INSTANCE)) {
            VectorSchemaRoot root = reader.getVectorSchemaRoot();
            for (FieldVector vector : root.getFieldVectors()) {
                columns.add(Collected.of(file, vector));
            }
            while (reader.loadNextBatch()) {
                columns.forEach(column -> column.add(file));
            }
        }
        return new ArrowTable(columns.stream().map(Collected::column).toList());
    }

    /// The values of one vector over all batches.
    private record Collected(FieldVector vector, List<Object> values) {
        static Collected of(Path file, FieldVector vector) {
            boolean known =
                    vector instanceof BigIntVector || vector instanceof Float8Vector || vector instanceof VarCharVector;
            if (!known) {
                throw new StoreException(file + ": column '" + vector.getName() + "' is "
                        + vector.getField().getType() + "; readable are int64, double and utf8");
            }
            return new Collected(vector, new ArrayList<>());
        }

        void add(Path file) {
            if (vector.getNullCount() > 0) {
                throw new StoreException(file + ": column '" + vector.getName() + "' has missing values");
            }
            for (int i = 0; i < vector.getValueCount(); i++) {
                switch (vector) {
                    case BigIntVector longs -> values.add(longs.get(i));
                    case Float8Vector doubles -> values.add(doubles.get(i));
                    default -> values.add(new String(((VarCharVector) vector).get(i), StandardCharsets.UTF_8));
                }
            }
        }

        ArrowTable.Column column() {
            String name = vector.getName();
            return switch (vector) {
                case BigIntVector _ ->
                    new ArrowTable.Longs(
                            name, values.stream().mapToLong(Long.class::cast).toArray());
                case Float8Vector _ ->
                    new ArrowTable.Doubles(
                            name,
                            values.stream().mapToDouble(Double.class::cast).toArray());
                default ->
                    new ArrowTable.Texts(
                            name, values.stream().map(String.class::cast).toList());
            };
        }
    }
}
