package dev.fovea.datasets;

import dev.fovea.datasets.images.ImageCodec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Writes a part of a corpus as shards that `type: image-text-box` reads.
public final class ShardExport {
    private static final double JPEG_QUALITY = 0.92;

    private ShardExport() {}

    /// How pictures are stored.
    public enum Format {
        /// small, with slight losses
        JPEG,
        /// exact, several times as large
        PNG
    }

    /// What was written.
    ///
    /// @param examples examples written
    /// @param shards pairs of shards
    /// @param broken those that could not be read, each as `where: key: reason`
    public record Result(long examples, int shards, List<String> broken) {}

    /// Exports the examples `from` to `from + count - 1`, drawing and encoding on `workers` threads.
    ///
    /// @param folder where `images-*.tar` and `boxes-*.tar` go; must not hold shards of these names
    /// @param perShard examples in a shard
    /// @throws DataException if the corpus has no such split or shards are in the way
    /// @throws IOException if writing fails; finished shards stay, an unfinished one is removed
    public static Result export(
            Corpus corpus,
            Split split,
            long from,
            long count,
            Path folder,
            int perShard,
            Format format,
            int workers,
            Progress progress)
            throws IOException {
        if (!corpus.supports(split)) {
            throw new DataException("there is no split " + split + " in: " + corpus.describe());
        }
        List<String> broken = new ArrayList<>();
        ExecutorService pool = Executors.newFixedThreadPool(
                workers, Thread.ofPlatform().daemon().name("fovea-export-", 0).factory());
        try (ShardWriter writer = new ShardWriter(folder, perShard)) {
            long written = 0;
            for (long start = from; start < from + count; start += workers) {
                List<Future<Encoded>> jobs = new ArrayList<>();
                for (long index = start; index < Math.min(start + workers, from + count); index++) {
                    long at = index;
                    jobs.add(pool.submit((Callable<Encoded>) () -> encode(corpus, split, at, format)));
                }
                for (Future<Encoded> job : jobs) {
                    written += write(job, writer, format, broken);
                }
                progress.report("writing examples", Math.min(start + workers - from, count), count);
            }
            return new Result(written, writer.finish(), List.copyOf(broken));
        } finally {
            pool.shutdownNow();
        }
    }

    private record Encoded(Example example, byte[] picture) {}

    private static Encoded encode(Corpus corpus, Split split, long index, Format format) throws Exception {
        Example example = corpus.example(split, index);
        byte[] picture = switch (format) {
            case JPEG -> ImageCodec.encodeJpeg(example.picture(), JPEG_QUALITY);
            case PNG -> ImageCodec.encodePng(example.picture());
        };
        return new Encoded(example, picture);
    }

    private static int write(Future<Encoded> job, ShardWriter writer, Format format, List<String> broken)
            throws IOException {
        try {
            Encoded encoded = job.get();
            String ending = switch (format) {
                case JPEG -> "jpg";
                case PNG -> "png";
            };
            Example example = encoded.example();
            writer.add(example.key(), encoded.picture(), ending, example.regions(), example.globalCaption());
            return 1;
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case BrokenSampleException sample -> broken.add(String.valueOf(sample.getMessage()));
                case IOException io -> throw io;
                case RuntimeException unchecked -> throw unchecked;
                case null, default -> throw new IOException("export failed: " + e.getCause(), e);
            }
            return 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("export interrupted", e);
        }
    }
}
