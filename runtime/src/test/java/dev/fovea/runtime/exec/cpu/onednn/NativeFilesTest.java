package dev.fovea.runtime.exec.cpu.onednn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Libraries unpacked from a jar: once, whole, and again when damaged.
@NullUnmarked
class NativeFilesTest {
    @TempDir
    Path folder;

    private List<NativeFiles.Source> sources;

    @BeforeEach
    void makeJar() throws IOException {
        sources = jar("one.jar", "first library", "second library ".repeat(100_000));
    }

    private List<NativeFiles.Source> jar(String name, String... contents) throws IOException {
        Path jar = folder.resolve(name);
        List<NativeFiles.Source> all = new ArrayList<>();
        try (OutputStream out = Files.newOutputStream(jar);
                ZipOutputStream zip = new ZipOutputStream(out)) {
            for (int i = 0; i < contents.length; i++) {
                byte[] bytes = contents[i].getBytes(StandardCharsets.UTF_8);
                String file = "lib" + i + ".so";
                zip.putNextEntry(new ZipEntry("natives/" + file));
                zip.write(bytes);
                zip.closeEntry();
                CRC32 crc = new CRC32();
                crc.update(bytes);
                URI place = URI.create("jar:" + jar.toUri() + "!/natives/" + file);
                all.add(new NativeFiles.Source(file, place.toURL(), bytes.length, crc.getValue()));
            }
        }
        return all;
    }

    private Path cache() {
        return folder.resolve("cache/native");
    }

    private Path unpacked() throws IOException {
        return NativeFiles.inCache(cache(), "library", sources);
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.map(p -> p.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void aSecondUseFindsWhatTheFirstUnpacked() throws IOException {
        Path first = unpacked();
        assertThat(first.resolve("lib0.so")).hasContent("first library");
        Object made = Files.getLastModifiedTime(first.resolve("lib1.so"));
        assertThat(unpacked()).isEqualTo(first);
        assertThat(Files.getLastModifiedTime(first.resolve("lib1.so"))).isEqualTo(made);
        assertThat(names(cache())).containsExactly(first.getFileName().toString());
    }

    @Test
    void damagedAndIncompleteFoldersAreReplaced() throws IOException {
        Path good = unpacked();
        Files.writeString(good.resolve("lib0.so"), "First library"); // as long as before
        assertThat(unpacked()).isEqualTo(good);
        assertThat(good.resolve("lib0.so")).hasContent("first library");
        Files.delete(good.resolve("lib1.so"));
        assertThat(unpacked().resolve("lib1.so")).hasSize(1_500_000);
        assertThat(names(cache())).containsExactly(good.getFileName().toString());
    }

    @Test
    void whatADeadProcessLeftIsSweptAfterADay() throws IOException {
        Path old = Files.createDirectories(cache().resolve(".library-123"));
        Path recent = Files.createDirectories(cache().resolve(".library-456"));
        Path foreign = Files.createDirectories(cache().resolve(".other-123"));
        FileTime lastWeek = FileTime.from(Instant.now().minus(Duration.ofDays(7)));
        Files.setLastModifiedTime(old, lastWeek);
        Files.setLastModifiedTime(foreign, lastWeek);
        unpacked();
        assertThat(old).doesNotExist();
        assertThat(recent).exists();
        assertThat(foreign).exists();
    }

    @Test
    void anotherVersionGetsAFolderOfItsOwn() throws IOException {
        Path first = unpacked();
        sources = jar("two.jar", "first library", "another library");
        assertThat(unpacked()).isNotEqualTo(first);
        assertThat(names(cache())).hasSize(2);
        assertThat(first.resolve("lib1.so")).hasSize(1_500_000);
    }

    @Test
    void manyAtOnceUseOneFolder() throws Exception {
        Files.createDirectories(cache());
        try (ExecutorService pool = Executors.newFixedThreadPool(8)) {
            List<Callable<Path>> tasks = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                tasks.add(this::unpacked);
            }
            List<Path> found = new ArrayList<>();
            for (Future<Path> done : pool.invokeAll(tasks)) {
                found.add(done.get());
            }
            assertThat(found).hasSize(8).containsOnly(found.getFirst());
            assertThat(found.getFirst().resolve("lib0.so")).hasContent("first library");
        }
        assertThat(names(cache())).hasSize(1);
    }

    @Test
    void aJarThatDoesNotHoldWhatItsDirectorySaysLeavesNothing() throws IOException {
        NativeFiles.Source wrong = sources.getFirst();
        sources = List.of(new NativeFiles.Source(wrong.name(), wrong.place(), wrong.size() + 1, wrong.checksum()));
        assertThatThrownBy(this::unpacked).isInstanceOf(IOException.class).hasMessageContaining("does not hold");
        assertThat(names(cache())).isEmpty();
    }

    @Test
    void aCacheThatCannotBeWrittenIsAnError() throws IOException {
        Files.createDirectories(folder.resolve("cache"));
        Files.writeString(cache(), "a file where the folder should be");
        assertThatThrownBy(this::unpacked).isInstanceOf(IOException.class);
        Path own = NativeFiles.inPrivate("library", sources);
        assertThat(own.resolve("lib0.so")).hasContent("first library");
        NativeFiles.remove(own);
        assertThat(own).doesNotExist();
    }
}
