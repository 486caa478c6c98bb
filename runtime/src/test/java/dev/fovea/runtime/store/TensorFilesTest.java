package dev.fovea.runtime.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fovea.dsl.run.StoreException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Tensors in windows, from one file or several; whatever is damaged is refused without costs.
class TensorFilesTest {
    @TempDir
    private Path folder = Path.of("");

    private static float[] ramp(int length) {
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = i;
        }
        return values;
    }

    @Test
    void aTensorOfMoreThanOneWindow() {
        int length = TensorFiles.WINDOW / 4 + 3;
        Path file = folder.resolve("a.safetensors");
        new SafetensorsWriter().add("x", new long[] {length}, ramp(length)).write(file);
        TensorFiles files = TensorFiles.open(file);
        List<Long> firsts = new ArrayList<>();
        files.floats("x", 1, length - 2, (first, floats) -> {
            firsts.add(first);
            assertThat(floats.get(ValueLayout.JAVA_FLOAT_UNALIGNED, 0)).isEqualTo(first + 1f);
        });
        assertThat(firsts).containsExactly(0L, TensorFiles.WINDOW / 4L);
        assertThat(files.floats("x")).isEqualTo(ramp(length));
        assertThatThrownBy(() -> files.floats("x", 3, length, (_, _) -> {}))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @CsvSource({"F32", "F16", "BF16"})
    void everyFloatFormatComesBack(StoredType type) throws IOException {
        float[] values = {0, -0.0f, 1, -2.5f, 65504, 0x1p-14f, Float.POSITIVE_INFINITY, Float.NaN};
        if (type == StoredType.BF16) {
            values[4] = 0x1.fep127f;
        }
        Path file = folder.resolve("a");
        new SafetensorsWriter()
                .add("u", StoredType.U8, new long[] {1}, MemorySegment.ofArray(new byte[1]))
                .add(
                        "x",
                        new TensorInfo(type, new long[] {2, 4}),
                        out -> FloatsOut.write(MemorySegment.ofArray(values), type, out))
                .write(file);
        TensorFiles files = TensorFiles.open(file);
        assertThat(files.floats("x")).isEqualTo(values);
        ByteArrayOutputStream copy = new ByteArrayOutputStream();
        FloatsOut.copy(files, "x", 4, 2, StoredType.F32, copy);
        assertThat(copy.size()).isEqualTo(8);
    }

    @Test
    void roundingToBf16IsToTheNearestEven() throws IOException {
        float[][] cases = {
            {0x1.01p0f, 1},
            {0x1.03p0f, 0x1.04p0f},
            {0x1.010002p0f, 0x1.02p0f},
            {-0x1.01p0f, -1},
            {0x1.fffffep127f, Float.POSITIVE_INFINITY}
        };
        for (float[] each : cases) {
            Path file = folder.resolve("r");
            new SafetensorsWriter()
                    .add(
                            "x",
                            new TensorInfo(StoredType.BF16, new long[] {1}),
                            out -> FloatsOut.write(MemorySegment.ofArray(new float[] {each[0]}), StoredType.BF16, out))
                    .write(file);
            assertThat(TensorFiles.open(file).floats("x")).containsExactly(each[1]);
        }
    }

    @Test
    void whatIsBeyondF16IsRefused() {
        SafetensorsWriter writer = new SafetensorsWriter()
                .add(
                        "x",
                        new TensorInfo(StoredType.F16, new long[] {1}),
                        out -> FloatsOut.write(MemorySegment.ofArray(new float[] {7e4f}), StoredType.F16, out));
        assertThatThrownBy(() -> writer.write(folder.resolve("x")))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("70000.0 is beyond F16");
        assertThat(folder).isEmptyDirectory();
    }

    private void shards(String index) throws IOException {
        new SafetensorsWriter().add("a", new long[] {2}, 1f, 2f).write(folder.resolve("m-1.safetensors"));
        new SafetensorsWriter().add("b", new long[] {1}, 3f).write(folder.resolve("m-2.safetensors"));
        Files.writeString(folder.resolve("model.safetensors.index.json"), index.replace('\'', '"'));
    }

    @Test
    void shardsAreOneModel() throws IOException {
        shards("{'metadata':{'total_size':12},'weight_map':{'b':'m-2.safetensors','a':'m-1.safetensors'}}");
        TensorFiles files = TensorFiles.open(folder.resolve("model.safetensors.index.json"));
        assertThat(files.infos().keySet()).containsExactly("a", "b");
        assertThat(files.floats("a")).containsExactly(1, 2);
        assertThat(files.floats("b")).containsExactly(3);
        assertThat(files.files()).hasSize(2);
        String digest = files.digest();
        new SafetensorsWriter().add("b", new long[] {1}, 4f).write(folder.resolve("m-2.safetensors"));
        assertThat(files.digest()).hasSize(64).isNotEqualTo(digest);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{} | it has no weight_map",
                "[ | not valid JSON",
                "{'weight_map':{'a':'m-1.safetensors','a':'m-1.safetensors'}} | not valid JSON",
                "{'weight_map':{'a':'m-1.safetensors'}} | m-3",
                "{'weight_map':{'a':'m-2.safetensors','b':'m-2.safetensors'}} | tensor 'a' is not in m-2.safetensors",
                "{'weight_map':{'a':'m-1.safetensors','b':'m-1.safetensors'}} | tensor 'b' is not in m-1.safetensors",
                "{'weight_map':{'a':'../m-1.safetensors'}} | is not the name of a safetensors file",
                "{'weight_map':{'a':7}} | is not the name of a safetensors file",
                "{'weight_map':{'a':'gone.safetensors'}} | cannot read",
            })
    void aWrongIndexIsNamed(String index, String message) throws IOException {
        shards(index);
        if (message.equals("m-3")) {
            new SafetensorsWriter()
                    .add("a", new long[] {1}, 1f)
                    .add("c", new long[] {1}, 1f)
                    .write(folder.resolve("m-1.safetensors"));
            message = "it does not say that m-1.safetensors holds tensor 'c'";
        }
        String expected = message;
        assertThatThrownBy(() -> TensorFiles.open(folder.resolve("model.safetensors.index.json")))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining(expected);
    }

    /// Damaged headers: only the documented exception, and memory of the order of the file's, not of what it
    /// claims.
    @Test
    void damagedFilesCostLittle() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        new SafetensorsWriter()
                .add("weight", new long[] {3, 5}, new float[15])
                .add("bias", new long[] {5}, new float[5])
                .metadata("k", "v")
                .writeTo(bytes);
        byte[] whole = bytes.toByteArray();
        Path file = folder.resolve("fuzz");
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long most = 0;
        for (int seed = 0; seed < 3000; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            byte[] damaged = java.util.Arrays.copyOf(
                    whole, random.nextInt(3) == 0 ? random.nextInt(whole.length) : whole.length);
            for (int i = random.nextInt(4); i >= 0 && damaged.length > 0; i--) {
                int at = random.nextInt(Math.min(damaged.length, 240));
                damaged[at] = random.nextBoolean()
                        ? (byte) random.nextInt()
                        : (byte) "{}[]:,\"0123456789-eF".charAt(random.nextInt(20));
            }
            Files.write(file, damaged);
            long before = threads.getCurrentThreadAllocatedBytes();
            try {
                TensorFiles read = TensorFiles.open(file);
                for (String name : read.infos().keySet()) {
                    assertThat(read.floats(name))
                            .hasSize((int) read.infos().get(name).elements());
                }
            } catch (StoreException _) {
                // the documented answer
            } catch (RuntimeException other) {
                throw new AssertionError("seed " + seed, other);
            }
            most = seed < 500 ? 0 : Math.max(most, threads.getCurrentThreadAllocatedBytes() - before);
        }
        // A parser's tables and an exception's trace; a header that lies about sizes would ask for gigabytes.
        assertThat(most).isBetween(1L, 4L << 20);
    }
}
