package dev.fovea.datasets;

import dev.fovea.datasets.shards.ShardPair;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Writes examples as two parallel sets of shards, `images-000000.tar` and `boxes-000000.tar` and so on. A shard
/// gets its name when it is complete and on disk; until then it is a hidden file that [#close] removes.
public final class ShardWriter implements AutoCloseable {
    private final Path folder;
    private final int perShard;
    private int shards;
    private int inShard;
    private @Nullable ShardPair current;

    /// @param folder created if missing
    /// @param perShard examples in a shard, at least 1
    public ShardWriter(Path folder, int perShard) throws IOException {
        if (perShard < 1) {
            throw new DataException("a shard holds at least one example, not " + perShard);
        }
        this.folder = folder;
        this.perShard = perShard;
        Files.createDirectories(folder);
    }

    /// Adds an example whose picture is already encoded.
    ///
    /// @param key without dots, unique in its shard
    /// @param ending `jpg` or `png`
    /// @throws DataException if the next shard exists already
    public void add(String key, byte[] picture, String ending, List<Region> regions, @Nullable String globalCaption)
            throws IOException {
        if (key.isEmpty() || key.indexOf('.') >= 0) {
            throw new IllegalArgumentException("a key has no dots: " + key);
        }
        ShardPair pair = current;
        if (pair == null) {
            pair = ShardPair.create(images(shards), boxes(shards));
            current = pair;
        }
        pair.add(key, picture, ending, regions, globalCaption);
        if (++inShard == perShard) {
            finish();
        }
    }

    /// Completes the last shard.
    ///
    /// @return number of shards written
    public int finish() throws IOException {
        ShardPair pair = current;
        if (pair != null) {
            pair.finish();
            current = null;
            inShard = 0;
            shards++;
        }
        return shards;
    }

    private Path images(int shard) {
        return folder.resolve(String.format(Locale.ROOT, "images-%06d.tar", shard));
    }

    private Path boxes(int shard) {
        return folder.resolve(String.format(Locale.ROOT, "boxes-%06d.tar", shard));
    }

    /// Drops a shard that was not finished.
    @Override
    public void close() throws IOException {
        ShardPair pair = current;
        current = null;
        if (pair != null) {
            pair.close();
        }
    }
}
