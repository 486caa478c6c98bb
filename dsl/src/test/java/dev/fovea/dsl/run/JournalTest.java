package dev.fovea.dsl.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A journal gives back what was appended, up to the last complete entry, whatever happened to the file.
class JournalTest {
    @TempDir
    private Path folder;

    private static final List<JournalEntry> ENTRIES = List.of(
            new JournalEntry.Started(1_000, 1, "f2-abcdefghijkl", Map.of("host", "n1", "backend", "cpu")),
            new JournalEntry.Note(1_001, "info", "grüße, \"quoted\"\nline 2"),
            scalars(1_002, 1, "loss", 3.25, "lr", 5e-6),
            scalars(1_003, 2, "loss", Double.NaN, "high", Double.POSITIVE_INFINITY, "low", Double.NEGATIVE_INFINITY),
            scalars(1_004, 3, "z", 0.1 + 0.2, "a", Double.MIN_VALUE, "m", -0.0),
            new JournalEntry.Saved(1_005, 3, "checkpoints/step-00000003"),
            new JournalEntry.Ended(1_006, 3, JournalEntry.Ended.FINISHED, ""));

    static JournalEntry.Scalars scalars(long time, long step, Object... namesAndValues) {
        SequencedMap<String, Double> values = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            values.put((String) namesAndValues[i], (Double) namesAndValues[i + 1]);
        }
        return new JournalEntry.Scalars(time, step, values);
    }

    @Test
    void readsBackWhatWasAppended() {
        Path file = written("journal", ENTRIES);
        JournalReader.Entries entries = JournalReader.read(file, 0);
        assertThat(entries.values()).isEqualTo(ENTRIES);
        assertThat(entries.unread()).isZero();
        assertThat(entries.unknown()).isZero();
        JournalEntry.Scalars scalars = (JournalEntry.Scalars) entries.values().get(4);
        assertThat(scalars.values().sequencedKeySet()).containsExactly("z", "a", "m");
    }

    @Test
    void anyEntryCanBeReadFromItsOffset() {
        Path file = written("journal", ENTRIES);
        List<JournalReader.Placed> placed = JournalReader.read(file, 0).entries();
        for (int i = 0; i < placed.size(); i++) {
            assertThat(JournalReader.read(file, placed.get(i).offset()).values())
                    .isEqualTo(ENTRIES.subList(i, ENTRIES.size()));
            assertThat(JournalReader.read(file, placed.get(i).next()).values())
                    .isEqualTo(ENTRIES.subList(i + 1, ENTRIES.size()));
        }
    }

    @Test
    void frameIsLengthChecksumJson() throws IOException {
        Path file = written("journal", List.of(new JournalEntry.Note(7, "info", "hé")));
        byte[] payload =
                "{\"type\":\"note\",\"time\":7,\"level\":\"info\",\"text\":\"hé\"}".getBytes(StandardCharsets.UTF_8);
        CRC32C crc = new CRC32C();
        crc.update(payload);
        ByteBuffer expected = ByteBuffer.allocate(8 + payload.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(payload.length)
                .putInt((int) crc.getValue())
                .put(payload);
        assertThat(Files.readAllBytes(file)).isEqualTo(expected.array());
    }

    @Test
    void aTailCutAnywhereIsDroppedAndTheJournalGoesOn() throws IOException {
        Path whole = written("whole", ENTRIES);
        byte[] bytes = Files.readAllBytes(whole);
        List<JournalReader.Placed> placed = JournalReader.read(whole, 0).entries();
        Path file = folder.resolve("torn");
        for (int length = 0; length < bytes.length; length++) {
            Files.write(file, Arrays.copyOf(bytes, length));
            int end = length;
            List<JournalEntry> complete = placed.stream()
                    .filter(entry -> entry.next() <= end)
                    .map(JournalReader.Placed::entry)
                    .toList();
            assertThat(JournalReader.read(file, 0).values()).isEqualTo(complete);
            if (length % 7 == 0) {
                assertThat(reopened(file)).as("cut at %d", length).isEqualTo(complete);
            }
        }
        assertThat(folder.toFile().list()).hasSize(2);
    }

    /// Reopens, appends one entry, and returns the entries but that one and the note on the cut.
    private static List<JournalEntry> reopened(Path file) {
        JournalEntry more = new JournalEntry.Note(9, "info", "more");
        boolean cut;
        try (Journal journal = Journal.openForAppend(file)) {
            cut = journal.cut().isPresent();
            journal.append(more);
        }
        List<JournalEntry> all = JournalReader.read(file, 0).values();
        assertThat(all.getLast()).isEqualTo(more);
        if (cut) {
            assertThat(all.get(all.size() - 2))
                    .isInstanceOfSatisfying(
                            JournalEntry.Note.class,
                            note -> assertThat(note.text()).contains("cut off").contains("no complete entry"));
        }
        return all.subList(0, all.size() - (cut ? 2 : 1));
    }

    @Test
    void damageInTheMiddleKeepsACopyOfWhatFollows() throws IOException {
        Path file = written("journal", ENTRIES);
        byte[] bytes = Files.readAllBytes(file);
        long third = JournalReader.read(file, 0).entries().get(2).offset();
        bytes[(int) third + 20] ^= 4;
        Files.write(file, bytes);
        assertThat(JournalReader.read(file, 0).values()).isEqualTo(ENTRIES.subList(0, 2));
        try (Journal journal = Journal.openForAppend(file)) {
            assertThat(journal.cut()).isPresent();
            assertThat(journal.cut().get().offset()).isEqualTo(third);
            Path kept = journal.cut().get().keptIn().orElseThrow();
            assertThat(Files.readAllBytes(kept)).isEqualTo(Arrays.copyOfRange(bytes, (int) third, bytes.length));
        }
    }

    @Test
    void zerosLeftByAPowerCutAreDropped() throws IOException {
        Path file = written("journal", ENTRIES);
        Files.write(file, new byte[20_011], StandardOpenOption.APPEND);
        try (Journal journal = Journal.openForAppend(file)) {
            assertThat(journal.cut().orElseThrow().bytes()).isEqualTo(20_011);
            assertThat(journal.cut().orElseThrow().keptIn()).isEmpty();
        }
        assertThat(JournalReader.read(file, 0).values()).startsWith(ENTRIES.toArray(JournalEntry[]::new));
    }

    @Test
    void randomDamageNeverYieldsWhatWasNotWritten() throws IOException {
        byte[] bytes = Files.readAllBytes(written("whole", ENTRIES));
        Path file = folder.resolve("damaged");
        for (long seed = 0; seed < 1_000; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            byte[] damaged = bytes.clone();
            int changes = random.nextInt(1, 6);
            for (int i = 0; i < changes; i++) {
                damaged[random.nextInt(damaged.length)] ^= (byte) random.nextInt(1, 256);
            }
            Files.write(file, damaged);
            List<JournalEntry> read = JournalReader.read(file, 0).values();
            assertThat(read).as("seed %d", seed).isEqualTo(ENTRIES.subList(0, read.size()));
            if (seed % 50 == 0) {
                assertThat(reopened(file)).as("seed %d", seed).isEqualTo(read);
            }
        }
    }

    @Test
    void randomBytesAreNoJournal() throws IOException {
        Path file = folder.resolve("noise");
        for (long seed = 0; seed < 200; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            byte[] noise = new byte[random.nextInt(300)];
            random.nextBytes(noise);
            Files.write(file, noise);
            assertThat(JournalReader.read(file, 0).entries())
                    .as("seed %d", seed)
                    .isEmpty();
        }
    }

    @Test
    void entriesOfLaterVersionsAreSkipped() throws IOException {
        Path file = written("journal", ENTRIES.subList(0, 1));
        byte[] payload = "{\"type\":\"hologram\",\"time\":1}".getBytes(StandardCharsets.UTF_8);
        CRC32C crc = new CRC32C();
        crc.update(payload);
        ByteBuffer frame = ByteBuffer.allocate(8 + payload.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(payload.length)
                .putInt((int) crc.getValue())
                .put(payload);
        Files.write(file, frame.array(), StandardOpenOption.APPEND);
        try (Journal journal = Journal.openForAppend(file)) {
            assertThat(journal.cut()).isEmpty();
            journal.append(ENTRIES.get(1));
        }
        JournalReader.Entries read = JournalReader.read(file, 0);
        assertThat(read.values()).isEqualTo(ENTRIES.subList(0, 2));
        assertThat(read.unknown()).isEqualTo(1);
    }

    @Test
    void aFullDiskLeavesTheJournalAsItWas() {
        Path file = folder.resolve("journal");
        BrokenSteps steps = new BrokenSteps(2, false, "No space left on device");
        JournalEntry.Note first = new JournalEntry.Note(1, "info", "first");
        JournalEntry.Note second = new JournalEntry.Note(2, "info", "second");
        try (Journal journal = Journal.openForAppend(steps, file, () -> 0)) {
            journal.append(first);
            long offset = journal.offset();
            assertThatThrownBy(() -> journal.append(second))
                    .isInstanceOf(StoreException.class)
                    .hasMessageStartingWith("cannot write " + file + ": the disk is full");
            assertThat(journal.offset()).isEqualTo(offset);
            assertThat(file).hasSize(offset);
            journal.append(second);
        }
        assertThat(JournalReader.read(file, 0).values()).containsExactly(first, second);
    }

    @Test
    void syncsWhatMattersAtOnceAndTheRestInTime() {
        List<Long> forced = new ArrayList<>();
        long[] now = {0};
        FileSteps counting = new CountingSteps(() -> forced.add(now[0]));
        try (Journal journal = Journal.openForAppend(counting, folder.resolve("journal"), () -> now[0])) {
            journal.append(ENTRIES.get(0));
            assertThat(forced).containsExactly(0L);
            now[0] = Journal.SYNC_MILLIS - 1;
            journal.append(ENTRIES.get(2));
            assertThat(forced).hasSize(1);
            now[0] = Journal.SYNC_MILLIS;
            journal.append(ENTRIES.get(2));
            assertThat(forced).containsExactly(0L, Journal.SYNC_MILLIS);
            journal.append(ENTRIES.get(1));
            assertThat(forced).hasSize(2);
            journal.append(ENTRIES.get(5));
            journal.append(ENTRIES.get(6));
            assertThat(forced).hasSize(4);
        }
    }

    @Test
    void aReaderKeepsUpWithAWriter() throws InterruptedException {
        Path file = written("journal", List.of());
        AtomicBoolean done = new AtomicBoolean();
        Thread writer = Thread.ofPlatform().start(() -> {
            try (Journal journal = Journal.openForAppend(file)) {
                for (int i = 0; i < 3_000; i++) {
                    journal.append(scalars(i, i, "loss", i * 0.5));
                }
            } finally {
                done.set(true);
            }
        });
        long offset = 0;
        long step = 0;
        boolean last = false;
        while (!last) {
            last = done.get();
            JournalReader.Entries entries = JournalReader.read(file, offset);
            for (JournalEntry entry : entries.values()) {
                assertThat(entry).isEqualTo(scalars(step, step, "loss", step * 0.5));
                step++;
            }
            offset = entries.next();
        }
        writer.join();
        assertThat(step).isEqualTo(3_000);
    }

    @Test
    void problemsAreNamed() throws IOException {
        Path file = written("journal", ENTRIES);
        long size = Files.size(file);
        assertThatThrownBy(() -> JournalReader.read(file, size + 1))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("ends at " + size + ", before the offset " + (size + 1));
        assertThatThrownBy(() -> JournalReader.read(folder.resolve("none"), 0))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("no such file");
        assertThatThrownBy(() -> Journal.openForAppend(folder.resolve("none/journal")))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("no such file or folder");
        assertThatThrownBy(() -> new JournalEntry.Ended(1, 1, "tired", ""))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'tired'");
        try (Journal journal = Journal.openForAppend(file)) {
            assertThatThrownBy(() -> journal.append(new JournalEntry.Note(1, "info", "x".repeat(17 << 20))))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("too long");
            assertThat(journal.offset()).isEqualTo(size);
        }
    }

    private Path written(String name, List<JournalEntry> entries) {
        Path file = folder.resolve(name);
        try (Journal journal = Journal.openForAppend(file)) {
            entries.forEach(journal::append);
            assertThat(journal.cut()).isEmpty();
        }
        return file;
    }

    private record CountingSteps(FileSteps real, Runnable onForce) implements FileSteps {
        CountingSteps(Runnable onForce) {
            this(FileSteps.real(), onForce);
        }

        @Override
        public void createDirectory(Path directory) throws IOException {
            real.createDirectory(directory);
        }

        @Override
        public FileChannel create(Path file) throws IOException {
            return real.create(file);
        }

        @Override
        public void write(FileChannel channel, ByteBuffer bytes) throws IOException {
            real.write(channel, bytes);
        }

        @Override
        public void force(FileChannel channel) throws IOException {
            onForce.run();
            real.force(channel);
        }

        @Override
        public void forceDirectory(Path directory) throws IOException {
            real.forceDirectory(directory);
        }

        @Override
        public void move(Path from, Path to) throws IOException {
            real.move(from, to);
        }

        @Override
        public void delete(Path path) throws IOException {
            real.delete(path);
        }
    }
}
