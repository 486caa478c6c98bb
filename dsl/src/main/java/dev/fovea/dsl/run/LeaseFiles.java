package dev.fovea.dsl.run;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The numbered files of [RunLease].
///
/// @param folder the run folder
record LeaseFiles(Path folder) {
    private static final JsonMapper JSON = JsonMapper.shared();

    /// @param released whether the holder let go in an orderly way
    private record Claim(Owner owner, boolean released) {}

    /// The highest number; 0 if there is none.
    int last() {
        Path leases = leases();
        try (Stream<Path> files = Files.list(leases)) {
            return files.mapToInt(LeaseFiles::number).max().orElse(0);
        } catch (NoSuchFileException _) {
            return 0;
        } catch (IOException failure) {
            throw StoreException.of("read", leases, failure);
        }
    }

    /// Writes a complete claim under a name that does not count yet.
    Path candidate(Owner owner) {
        try {
            Files.createDirectories(leases());
        } catch (IOException failure) {
            throw StoreException.of("write", leases(), failure);
        }
        Path candidate = AtomicFiles.beside(leases().resolve("candidate"));
        AtomicFiles.write(candidate, text(owner, false));
        return candidate;
    }

    /// Makes a candidate the claim of this number; false if there is one already.
    boolean publish(Path candidate, int number) {
        Path file = file(number);
        try {
            try {
                Files.createLink(file, candidate);
            } catch (UnsupportedOperationException _) {
                Files.createFile(file);
                Files.write(file, Files.readAllBytes(candidate));
            }
            FileSteps.real().forceDirectory(leases());
        } catch (FileAlreadyExistsException _) {
            return false;
        } catch (IOException failure) {
            throw StoreException.of("write", file, failure);
        }
        return true;
    }

    void discard(Path candidate) {
        try {
            Files.deleteIfExists(candidate);
        } catch (IOException failure) {
            throw StoreException.of("delete", candidate, failure);
        }
    }

    void rewrite(int number, Owner owner, boolean released) {
        AtomicFiles.write(file(number), text(owner, released));
    }

    /// Checks that a claim is free.
    ///
    /// @param candidate a file written just now, for the time on the file server
    /// @return the holder, if it died
    /// @throws StoreException if it is alive; the message names it
    Optional<Owner> free(int number, Path candidate, Path folder) {
        if (number == 0) {
            return Optional.empty();
        }
        Claim claim = read(number);
        if (claim.released) {
            return Optional.empty();
        }
        long age = modified(candidate) - modified(file(number));
        if (!dead(claim.owner, age)) {
            throw new StoreException("%s: in use by %s, which showed signs of life %d s ago; wait for it or stop it"
                    .formatted(folder, claim.owner, Math.max(0, age / 1000)));
        }
        return Optional.of(claim.owner);
    }

    /// The holder, if it has neither released its claim nor died.
    Optional<Owner> living(int number) {
        Claim claim = read(number);
        long age = System.currentTimeMillis() - modified(file(number));
        return claim.released || dead(claim.owner, age) ? Optional.empty() : Optional.of(claim.owner);
    }

    private static boolean dead(Owner owner, long ageMillis) {
        return owner.gone().orElse(ageMillis > RunLease.SILENCE.toMillis());
    }

    private Claim read(int number) {
        Path file = file(number);
        try {
            JsonNode node = JSON.readTree(Files.readAllBytes(file));
            Owner owner = new Owner(
                    node.path("host").asString("unknown"),
                    node.path("space").asString(""),
                    node.path("pid").asLong(0),
                    node.path("start").asLong(0));
            return new Claim(owner, node.path("released").asBoolean(false));
        } catch (IOException failure) {
            throw StoreException.of("read", file, failure);
        } catch (JacksonException _) {
            // Being written by a process on a file system without links, or damaged: free after the time of silence.
            return new Claim(new Owner("unknown", "", 0, 0), false);
        }
    }

    private static String text(Owner owner, boolean released) {
        return JSON.createObjectNode()
                        .put("host", owner.host())
                        .put("space", owner.space())
                        .put("pid", owner.pid())
                        .put("start", owner.startMillis())
                        .put("heartbeat", System.currentTimeMillis())
                        .put("released", released)
                + "\n";
    }

    private static long modified(Path file) {
        try {
            FileTime time = Files.getLastModifiedTime(file);
            return time.toMillis();
        } catch (IOException failure) {
            throw StoreException.of("read", file, failure);
        }
    }

    private static int number(Path file) {
        String name = file.getFileName().toString();
        return name.matches("\\d{6,9}\\.json") ? Integer.parseInt(name.substring(0, name.indexOf('.'))) : 0;
    }

    private Path leases() {
        return folder.resolve("leases");
    }

    private Path file(int number) {
        return leases().resolve("%06d.json".formatted(number));
    }
}
