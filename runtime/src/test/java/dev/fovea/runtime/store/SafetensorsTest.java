package dev.fovea.runtime.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fovea.dsl.run.StoreException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Tensors come back as they were written; a damaged file is refused with one clear line.
class SafetensorsTest {
    @TempDir
    private Path folder;

    @Test
    void writesAndReads() {
        Path file = folder.resolve("a.safetensors");
        float[] odd = {1.5f, -0.0f, Float.NaN, Float.NEGATIVE_INFINITY, Float.MIN_VALUE, 7, 8};
        new SafetensorsWriter()
                .add("byte", StoredType.U8, new long[] {3}, MemorySegment.ofArray(new byte[] {0, 127, -1}))
                .add("odd", new long[] {7, 1}, odd)
                .add("scalar", new long[] {}, 0.25f)
                .add("empty", new long[] {3, 0, 2}, new float[0])
                .add("ints", new long[] {2}, Integer.MIN_VALUE, 5)
                .add("long", TensorView.of(new long[] {1}, Long.MAX_VALUE))
                .metadata("format", "pt")
                .write(file);
        try (Arena arena = Arena.ofConfined()) {
            Safetensors read = Safetensors.open(file, arena);
            assertThat(read.names()).containsExactly("long", "odd", "scalar", "empty", "ints", "byte");
            assertThat(read.metadata()).containsEntry("format", "pt").hasSize(1);
            assertThat(read.info("odd")).isEqualTo(new TensorInfo(StoredType.F32, new long[] {7, 1}));
            assertThat(Arrays.equals(read.floats("odd"), odd)).isTrue();
            assertThat(read.info("scalar").shape()).isEmpty();
            assertThat(read.doubles("scalar")).containsExactly(0.25);
            assertThat(read.floats("empty")).isEmpty();
            assertThat(read.longs("ints")).containsExactly(Integer.MIN_VALUE, 5);
            assertThat(read.longs("long")).containsExactly(Long.MAX_VALUE);
            assertThat(read.longs("byte")).containsExactly(0, 127, 255);
            assertThat(read.doubles("ints")).containsExactly(Integer.MIN_VALUE, 5);
            assertThat(read.views().get("odd")).isNotNull();
        }
    }

    @Test
    void everyTypeIsWidened() throws IOException {
        byte[] data = ByteBuffer.allocate(22 + 18)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put((byte) 9)
                .putShort((short) 0x3c01)
                .putShort((short) 0xbf80)
                .putDouble(0.1)
                .put((byte) 1)
                .putLong((1L << 53) + 2)
                .putInt(-16_777_219)
                .array();
        String header = "{\"u\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]},"
                + "\"h\":{\"dtype\":\"F16\",\"shape\":[1],\"data_offsets\":[1,3]},"
                + "\"b\":{\"dtype\":\"BF16\",\"shape\":[1],\"data_offsets\":[3,5]},"
                + "\"d\":{\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[5,13]},"
                + "\"t\":{\"dtype\":\"BOOL\",\"shape\":[1],\"data_offsets\":[13,14]},"
                + "\"l\":{\"dtype\":\"I64\",\"shape\":[],\"data_offsets\":[14,22]},"
                + "\"i\":{\"dtype\":\"I32\",\"shape\":[],\"data_offsets\":[22,26]}}";
        Safetensors read = read(file(header, Arrays.copyOf(data, 26)));
        assertThat(read.floats("u")).containsExactly(9f);
        assertThat(read.doubles("u")).containsExactly(9.0);
        assertThat(read.doubles("h")).containsExactly(1 + 1 / 1024.0);
        assertThat(read.doubles("b")).containsExactly(-1.0);
        assertThat(read.doubles("d")).containsExactly(0.1);
        assertThat(read.floats("d")).containsExactly(0.1f);
        assertThat(read.longs("t")).containsExactly(1);
        assertThat(read.doubles("l")).containsExactly(9_007_199_254_740_994.0);
        assertThat(read.doubles("i")).containsExactly(-16_777_219.0);
        assertThat(read.floats("i")).containsExactly(-16_777_220f);
        assertThatThrownBy(() -> read.longs("h"))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("tensor 'h' is F16[1], not integers");
        assertThatThrownBy(() -> read.info("x"))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("no tensor 'x'; it holds 7 others");
    }

    @Test
    void dataAreAlignedAndBytesAreTheSameEachTime() throws IOException {
        for (int length = 0; length < 17; length++) {
            SafetensorsWriter writer = new SafetensorsWriter()
                    .add("n".repeat(length), new long[] {3}, 1, 2, 3)
                    .add("x", TensorView.of(new long[] {}, 4L));
            byte[] bytes = bytes(writer);
            long header = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
            assertThat(header % 8).isZero();
            assertThat(bytes).hasSize((int) header + 8 + 20).isEqualTo(bytes(writer));
            assertThat(bytes[(int) header + 8]).isEqualTo((byte) 4);
        }
    }

    @Test
    void aTensorLargerThanOneChunk() {
        float[] values = new float[70_001];
        for (int i = 0; i < values.length; i++) {
            values[i] = i;
        }
        Path file = folder.resolve("big");
        new SafetensorsWriter().add("v", new long[] {values.length}, values).write(file);
        try (Arena arena = Arena.ofConfined()) {
            assertThat(Safetensors.open(file, arena).floats("v")).isEqualTo(values);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "[1]                                                                | the header is not a JSON object",
                "{                                                                  | its header is not valid JSON",
                "{} x                                                               | its header is not valid JSON",
                "{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]}}             | need 4 bytes of data, the file has 8",
                "{'a':{'dtype':'F32','shape':[4],'data_offsets':[0,16]}}            | need 16 bytes of data, the file has 8",
                "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,4]}}             | is F32[2], 8 bytes, but data_offsets span 4",
                "{'a':{'dtype':'F32','shape':[2],'data_offsets':[8,0]}}             | has data_offsets [8,0]",
                "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0]}}               | has data_offsets [0]",
                "{'a':{'dtype':'F32','shape':[-2],'data_offsets':[0,8]}}            | shape has the entry -2",
                "{'a':{'dtype':'F32','shape':[2.0],'data_offsets':[0,8]}}           | shape has the entry 2.0",
                "{'a':{'dtype':'F32','shape':2,'data_offsets':[0,8]}}               | shape is not a list",
                "{'a':{'dtype':'F4','shape':[2],'data_offsets':[0,8]}}              | has dtype 'F4'; readable are [F64, F32",
                "{'a':{'dtype':'F32','shape':[2]}}                                  | exactly dtype, shape and data_offsets",
                "{'a':7}                                                            | exactly dtype, shape and data_offsets",
                "{'a':{'dtype':'U8','shape':[9999999999999999999],'data_offsets':[0,8]}} | shape has the entry",
                "{'a':{'dtype':'F64','shape':[4294967296,4294967296],'data_offsets':[0,8]}} | is too large",
                "{'a':{'dtype':'F64','shape':[4611686018427387904],'data_offsets':[0,8]}} | is too large",
                "{'a':{'dtype':'U8','shape':[4],'data_offsets':[0,4]},'b':{'dtype':'U8','shape':[5],'data_offsets':[3,8]}} | overlaps",
                "{'a':{'dtype':'U8','shape':[2],'data_offsets':[0,2]},'b':{'dtype':'U8','shape':[5],'data_offsets':[3,8]}} | leaves a hole",
                "{'a':{'dtype':'U8','shape':[8],'data_offsets':[0,8]},'a':{'dtype':'U8','shape':[8],'data_offsets':[0,8]}} | its header is not valid JSON",
                "{'__metadata__':{'a':1},'a':{'dtype':'U8','shape':[8],'data_offsets':[0,8]}} | '__metadata__' 'a' is not a string",
                "{'__metadata__':[]}                                                | '__metadata__' is not an object",
            })
    void damageIsNamed(String header, String message) throws IOException {
        Path file = file(header.replace('\'', '"'), new byte[8]);
        assertThatThrownBy(() -> read(file))
                .isInstanceOf(StoreException.class)
                .hasMessageStartingWith(file + ": ")
                .hasMessageContaining(message.replace("'__metadata__'", "__metadata__"));
    }

    @Test
    void absurdHeaderLengthsAreRefused() throws IOException {
        for (long length : List.of(9L, 100_000_001L, (long) Integer.MAX_VALUE, Long.MAX_VALUE, -1L, Long.MIN_VALUE)) {
            Path file = Files.write(
                    folder.resolve("x"),
                    ByteBuffer.allocate(16)
                            .order(ByteOrder.LITTLE_ENDIAN)
                            .putLong(length)
                            .array());
            assertThatThrownBy(() -> read(file))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining(
                            "the header is said to have " + Long.toUnsignedString(length) + " bytes, 8 follow");
        }
        Path small = Files.write(folder.resolve("small"), new byte[7]);
        assertThatThrownBy(() -> read(small)).isInstanceOf(StoreException.class).hasMessageContaining("it has 7 bytes");
        assertThatThrownBy(() -> read(folder.resolve("none")))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("no such file");
        assertThatThrownBy(() -> read(folder)).isInstanceOf(StoreException.class);
    }

    @Test
    void damagedFilesNeverYieldAnythingElse() throws IOException {
        byte[] whole = bytes(new SafetensorsWriter()
                .add("weight", new long[] {3, 5}, new float[15])
                .add("bias", new long[] {5}, new float[5])
                .metadata("k", "v"));
        int refused = 0;
        for (long seed = 0; seed < 5_000; seed++) {
            byte[] bytes = damaged(whole, new SplittableRandom(seed));
            try {
                Safetensors read = Safetensors.read("fuzz", MemorySegment.ofArray(bytes));
                for (String name : read.names()) {
                    assertThat(read.doubles(name)).hasSize((int) read.info(name).elements());
                }
            } catch (StoreException _) {
                refused++;
            } catch (RuntimeException other) {
                throw new AssertionError("seed " + seed, other);
            }
        }
        assertThat(refused).isGreaterThan(2_500);
    }

    private static byte[] damaged(byte[] whole, SplittableRandom random) {
        byte[] bytes = whole.clone();
        switch (random.nextInt(3)) {
            case 0 -> bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length));
            case 1 -> bytes = Arrays.copyOf(bytes, bytes.length + random.nextInt(1, 50));
            default -> {
                // Changes below, mostly in the header.
            }
        }
        String plausible = "{}[]:,\"0123456789-eE.FUI tn\\";
        for (int i = random.nextInt(4); i >= 0 && bytes.length > 0; i--) {
            int at = random.nextInt(Math.min(bytes.length, 240));
            boolean text = random.nextBoolean();
            bytes[at] = (byte) (text ? plausible.charAt(random.nextInt(plausible.length())) : random.nextInt());
        }
        return bytes;
    }

    @Test
    void wrongUseIsRefused() {
        SafetensorsWriter writer = new SafetensorsWriter().add("a", new long[] {1}, 1f);
        assertThatThrownBy(() -> writer.add("a", new long[] {1}, 2f))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("two tensors are named 'a'");
        assertThatThrownBy(() -> writer.add("__metadata__", new long[] {1}, 2f))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> writer.add("b", new long[] {2, 3}, 1f, 2f))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("F32[2, 3] needs 24 bytes, its data have 8");
    }

    private static byte[] bytes(SafetensorsWriter writer) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        writer.writeTo(out);
        return out.toByteArray();
    }

    private Path file(String header, byte[] data) throws IOException {
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes = ByteBuffer.allocate(8 + json.length + data.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(json.length).put(json).put(data);
        return Files.write(folder.resolve("made.safetensors"), bytes.array());
    }

    private static Safetensors read(Path file) {
        return Safetensors.open(file, Arena.ofAuto());
    }
}
