package dev.fovea.dsl.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A file is the old one or the new one, whatever fails.
class AtomicFilesTest {
    @TempDir
    private Path folder;

    @Test
    void writesAndReplaces() throws IOException {
        Path file = folder.resolve("a.txt");
        AtomicFiles.write(file, "one");
        AtomicFiles.write(file, "two, longer");
        assertThat(file).hasContent("two, longer");
        assertThat(names()).containsExactly("a.txt");
    }

    @Test
    void longContentInOddPieces() throws IOException {
        byte[] piece = new byte[7_919];
        Path file = folder.resolve("long");
        AtomicFiles.write(file, out -> {
            for (int i = 0; i < 41; i++) {
                Arrays.fill(piece, (byte) i);
                out.write(piece);
                out.write(i);
            }
        });
        byte[] content = Files.readAllBytes(file);
        assertThat(content).hasSize(41 * 7_920);
        for (int i = 0; i < content.length; i++) {
            assertThat((int) content[i]).isEqualTo(i / 7_920);
        }
    }

    @Test
    void everyFailingStepLeavesTheOldFileOrTheNew() throws IOException {
        Path file = folder.resolve("a.txt");
        byte[] content = new byte[200_001];
        BrokenSteps whole = new BrokenSteps(Integer.MAX_VALUE, false, "");
        AtomicFiles.write(whole, file, out -> out.write(content));
        assertThat(whole.done()).isGreaterThan(6);
        for (int step = 0; step < whole.done(); step++) {
            AtomicFiles.write(file, "old");
            BrokenSteps broken = new BrokenSteps(step, false, "No space left on device");
            assertThatThrownBy(() -> AtomicFiles.write(broken, file, out -> out.write(content)))
                    .isInstanceOf(StoreException.class)
                    .hasMessage("cannot write " + file + ": the disk is full; free some space or choose a folder on"
                            + " another disk");
            boolean renamed = step == whole.done() - 1;
            assertThat(Files.size(file)).as("step %d", step).isEqualTo(renamed ? content.length : 3);
            assertThat(names()).as("step %d", step).containsExactly("a.txt");
        }
    }

    @Test
    void aFailingProducerLeavesNothing() throws IOException {
        Path file = folder.resolve("a.txt");
        assertThatThrownBy(() -> AtomicFiles.write(file, out -> {
                    out.write(new byte[100_000]);
                    throw new IllegalStateException("mine");
                }))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("mine");
        assertThatThrownBy(() -> AtomicFiles.write(file, out -> {
                    out.write(new byte[100_000]);
                    throw new NoClassDefFoundError("theirs");
                }))
                .isInstanceOf(NoClassDefFoundError.class);
        assertThat(names()).isEmpty();
    }

    @Test
    void whatTheSystemSaysIsExplained() {
        Path file = Path.of("runs/x/journal");
        assertThat(StoreException.of("write", file, new AccessDeniedException("runs/x/journal")))
                .hasMessage("cannot write runs/x/journal: permission denied; choose a folder that you may write to");
        assertThat(StoreException.of("read", file, new NoSuchFileException("runs/x")))
                .hasMessage("cannot read runs/x/journal: no such file or folder (runs/x)");
        assertThat(StoreException.of("write", file, new FileSystemException("runs", null, "Read-only file system")))
                .hasMessageContaining("the file system is read-only");
        assertThat(StoreException.of("write", file, new IOException("Disk quota exceeded")))
                .hasMessageContaining("quota is used up");
        assertThat(StoreException.of("write", file, new IOException("odd\n thing")))
                .hasMessage("cannot write runs/x/journal: IOException: odd thing");
    }

    @Test
    void aFileInPlaceOfAFolder() throws IOException {
        Path file = Files.createFile(folder.resolve("plain")).resolve("below").resolve("a.txt");
        assertThatThrownBy(() -> AtomicFiles.write(file, "x"))
                .isInstanceOf(StoreException.class)
                .hasMessage("cannot write " + file + ": a part of this path is a file, not a folder");
    }

    @Test
    void theRealMessageOfAFullDiskIsUnderstood() throws IOException {
        Path full = Path.of("/dev/full");
        assumeThat(Files.exists(full)).as("this machine has /dev/full").isTrue();
        try (FileChannel channel = FileChannel.open(full, StandardOpenOption.WRITE)) {
            assertThatThrownBy(() -> channel.write(ByteBuffer.wrap(new byte[3])))
                    .isInstanceOfSatisfying(
                            IOException.class,
                            failure -> assertThat(StoreException.of("write", full, failure))
                                    .hasMessageContaining("the disk is full"));
        }
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
