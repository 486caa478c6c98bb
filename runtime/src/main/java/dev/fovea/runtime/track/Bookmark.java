package dev.fovea.runtime.track;

import dev.fovea.dsl.run.AtomicFiles;
import dev.fovea.runtime.track.TrackingException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// How far a run's journal has been delivered to one place, kept in `mlflow.json` of the run folder. Each change
/// is on
/// the disk when [#save()] returns. Between `acknowledged` and `sending` lie records that may or may not have
/// arrived.
final class Bookmark {
    /// File in the run folder.
    static final String FILE = "mlflow.json";

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Path file;
    private final ObjectNode all;
    private final ObjectNode here;

    private Bookmark(Path file, ObjectNode all, ObjectNode here) {
        this.file = file;
        this.all = all;
        this.here = here;
    }

    /// Opens the bookmark of one place.
    ///
    /// @param place address and experiment, without secrets
    /// @throws TrackingException if the file is there but cannot be used
    static Bookmark open(Path runFolder, String place) {
        Path file = runFolder.resolve(FILE);
        ObjectNode all = JSON.createObjectNode();
        if (Files.exists(file)) {
            all = read(file);
        }
        all.put("version", 1);
        ObjectNode places = child(all, "places");
        return new Bookmark(file, all, child(places, place));
    }

    private static ObjectNode read(Path file) {
        String problem;
        try {
            if (JSON.readTree(Files.readAllBytes(file)) instanceof ObjectNode object) {
                return object;
            }
            problem = "it is no JSON object";
        } catch (JacksonException e) {
            problem = e.getOriginalMessage();
        } catch (IOException e) {
            problem = String.valueOf(e.getMessage());
        }
        throw new TrackingException(
                Kind.STOPPED, file + " cannot be used (" + problem + "); remove it to log this run anew");
    }

    private static ObjectNode child(ObjectNode node, String name) {
        return node.get(name) instanceof ObjectNode object ? object : node.putObject(name);
    }

    String text(String name) {
        return here.path(name).asString("");
    }

    void text(String name, String value) {
        here.put(name, value);
    }

    boolean flag(String name) {
        return here.path(name).asBoolean(false);
    }

    void set(String name) {
        here.put(name, true);
    }

    /// Offset up to which everything has arrived.
    long acknowledged() {
        return here.path("acknowledged").asLong(0);
    }

    /// Time of the last entry that has arrived; tells a journal that was cut and went on from the one delivered.
    long acknowledgedTime() {
        return here.path("acknowledged_time").asLong(0);
    }

    void acknowledged(long offset, long timeMillis) {
        here.put("acknowledged", offset).put("acknowledged_time", timeMillis);
    }

    /// Offset up to which something may have arrived; never below what has.
    long sending() {
        return Math.max(acknowledged(), here.path("sending").asLong(0));
    }

    void sending(long offset) {
        here.put("sending", offset);
    }

    /// Digest of an artifact as delivered; empty if it was not.
    String artifact(String path) {
        return here.path("artifacts").path(path).asString("");
    }

    void artifact(String path, String digest) {
        child(here, "artifacts").put(path, digest);
    }

    /// Forgets the run, so that everything is delivered anew.
    void forget() {
        here.removeAll();
    }

    /// @throws dev.fovea.dsl.run.StoreException if the file cannot be written
    void save() {
        JsonNode whole = all;
        AtomicFiles.write(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(whole) + "\n");
    }
}
