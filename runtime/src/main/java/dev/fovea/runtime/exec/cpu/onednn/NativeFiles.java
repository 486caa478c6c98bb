package dev.fovea.runtime.exec.cpu.onednn;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.net.URLConnection;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/// Libraries from a jar as files, for the system's loader reads nothing else.
///
/// A folder of the cache holds one set of libraries and is named by their checksums, so another version never
/// meets it. It is made beside its place and moved there whole; of two processes that do so at once, one wins and
/// both use what is there. Before each use sizes and checksums are compared with the jar's.
final class NativeFiles {
    private static final int CHUNK = 1 << 20;

    private NativeFiles() {}

    /// A library in a jar.
    ///
    /// @param size its bytes
    /// @param checksum its CRC-32, as the jar's directory has it
    record Source(String name, URL place, long size, long checksum) {
        /// A resource of this program, or null if there is none.
        static @Nullable Source find(String resource) throws IOException {
            URL place = NativeFiles.class.getResource(resource);
            if (place == null) {
                return null;
            }
            String name = resource.substring(resource.lastIndexOf('/') + 1);
            URLConnection connection = place.openConnection();
            if (!(connection instanceof JarURLConnection jar)) {
                throw new IOException(place + " is not in a jar");
            }
            jar.setUseCaches(false);
            try (JarFile file = jar.getJarFile()) {
                JarEntry entry = file.getJarEntry(jar.getEntryName());
                return new Source(name, place, entry.getSize(), entry.getCrc());
            }
        }

        private InputStream open() throws IOException {
            URLConnection connection = place.openConnection();
            connection.setUseCaches(false);
            return connection.getInputStream();
        }
    }

    /// The folder below `cache` that holds the libraries, unpacked if it does not yet.
    ///
    /// @param title beginning of the folder's name: library and platform
    /// @throws IOException if the cache cannot be written
    static Path inCache(Path cache, String title, List<Source> sources) throws IOException {
        Path folder = cache.resolve(title + "-" + fingerprint(sources));
        if (holds(folder, sources)) {
            return folder;
        }
        Files.createDirectories(cache);
        sweep(cache, title);
        Path fresh = Files.createTempDirectory(cache, "." + title + "-");
        try {
            unpack(fresh, sources);
            place(fresh, folder, sources);
        } finally {
            remove(fresh);
        }
        return folder;
    }

    /// What processes that were ended while they unpacked have left.
    private static void sweep(Path cache, String title) throws IOException {
        Instant yesterday = Instant.now().minus(Duration.ofDays(1));
        try (DirectoryStream<Path> left = Files.newDirectoryStream(cache, "." + title + "-*")) {
            for (Path folder : left) {
                if (Files.getLastModifiedTime(folder).toInstant().isBefore(yesterday)) {
                    remove(folder);
                }
            }
        } catch (NoSuchFileException _) {
            // another process took it away
        }
    }

    private static void place(Path fresh, Path folder, List<Source> sources) throws IOException {
        for (int attempt = 0; attempt < 3; attempt++) {
            try {
                Files.move(fresh, folder, StandardCopyOption.ATOMIC_MOVE);
                return;
            } catch (FileAlreadyExistsException | DirectoryNotEmptyException _) {
                setAsideUnlessGood(folder, sources);
            } catch (FileSystemException e) {
                if (!Files.exists(folder)) {
                    throw e;
                }
                setAsideUnlessGood(folder, sources);
            }
            if (holds(folder, sources)) {
                return;
            }
        }
        throw new IOException(folder + " cannot be replaced");
    }

    /// Another process may have been faster; what it left is kept if it is whole.
    private static void setAsideUnlessGood(Path folder, List<Source> sources) throws IOException {
        if (holds(folder, sources)) {
            return;
        }
        Path aside = Files.createTempDirectory(folder.getParent(), ".damaged-");
        try {
            Files.move(folder, aside.resolve("it"), StandardCopyOption.ATOMIC_MOVE);
        } catch (NoSuchFileException _) {
            // another process took it away
        } finally {
            remove(aside);
        }
    }

    /// A new folder for this process alone, outside the cache. Once the libraries are open, [#remove] it.
    static Path inPrivate(String title, List<Source> sources) throws IOException {
        Path folder = Files.createTempDirectory(title + "-");
        try {
            unpack(folder, sources);
        } catch (IOException e) {
            remove(folder);
            throw e;
        }
        return folder;
    }

    private static String fingerprint(List<Source> sources) {
        CRC32 crc = new CRC32();
        for (Source source : sources) {
            crc.update(
                    (source.name + " " + source.size + " " + source.checksum + "\n").getBytes(StandardCharsets.UTF_8));
        }
        return "%08x".formatted(crc.getValue());
    }

    private static void unpack(Path folder, List<Source> sources) throws IOException {
        for (Source source : sources) {
            Path file = folder.resolve(source.name);
            try (InputStream in = source.open();
                    OutputStream out = Files.newOutputStream(file)) {
                in.transferTo(out);
            }
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                channel.force(true);
            }
        }
        if (!holds(folder, sources)) {
            throw new IOException(folder + " does not hold what was written there");
        }
    }

    private static boolean holds(Path folder, List<Source> sources) {
        for (Source source : sources) {
            Path file = folder.resolve(source.name);
            try {
                if (Files.size(file) != source.size || checksum(file) != source.checksum) {
                    return false;
                }
            } catch (IOException _) {
                return false;
            }
        }
        return true;
    }

    private static long checksum(Path file) throws IOException {
        CRC32 crc = new CRC32();
        byte[] chunk = new byte[CHUNK];
        try (InputStream in = Files.newInputStream(file)) {
            for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
                crc.update(chunk, 0, n);
            }
        }
        return crc.getValue();
    }

    /// Removes a folder and what is in it, as far as that is possible.
    static void remove(Path folder) {
        List<Path> all = new ArrayList<>();
        try (Stream<Path> walk = Files.walk(folder)) {
            walk.sorted(Comparator.reverseOrder()).forEach(all::add);
            for (Path path : all) {
                Files.deleteIfExists(path);
            }
        } catch (IOException | java.io.UncheckedIOException _) {
            // it is gone, or stays in the way of nothing
        }
    }
}
