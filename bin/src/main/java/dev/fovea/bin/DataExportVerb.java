package dev.fovea.bin;

import dev.fovea.bin.terminal.ProgressLine;
import dev.fovea.datasets.Corpora;
import dev.fovea.datasets.Corpus;
import dev.fovea.datasets.Progress;
import dev.fovea.datasets.ShardExport;
import dev.fovea.datasets.Split;
import dev.fovea.dsl.ResolvedSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `fovea data export SPEC`: writes examples of a spec's data as pairs of shards.
@Command(
        name = "export",
        description = "Write examples as two parallel sets of shards, images-*.tar and boxes-*.tar, "
                + "which `type: image-text-box` reads.")
final class DataExportVerb implements Callable<Integer> {
    private static final int MOST = 1 << 24;

    private final Fovea fovea;

    @Mixin
    private SpecArguments arguments = new SpecArguments();

    @Option(
            names = "--split",
            paramLabel = "SPLIT",
            description = "train, seen, new_style or new_concept (default: train)")
    private Split split = Split.TRAIN;

    @Option(names = "--from", paramLabel = "N", description = "index of the first example (default: 0)")
    private long from;

    @Option(names = "--count", paramLabel = "N", required = true, description = "how many examples")
    private long count;

    @Option(names = "--out", paramLabel = "DIR", required = true, description = "folder that gets the shards")
    private Path out = Path.of("");

    @Option(names = "--per-shard", paramLabel = "N", description = "examples in a shard (default: 100)")
    private int perShard = 100;

    @Option(names = "--format", paramLabel = "FORMAT", description = "jpeg or png (default: jpeg)")
    private ShardExport.Format format = ShardExport.Format.JPEG;

    @Option(names = "--json", description = "print what was written as JSON")
    private boolean json;

    DataExportVerb(Fovea fovea) {
        this.fovea = fovea;
    }

    @Override
    public Integer call() throws IOException {
        if (from < 0 || count < 1 || count > MOST || perShard < 1) {
            throw new UserError(
                    ExitCode.USAGE,
                    "--from must be at least 0, --count from 1 to " + MOST + ", --per-shard at least 1");
        }
        ResolvedSpec spec = arguments.read(fovea);
        ShardExport.Result result;
        int workers = Runtime.getRuntime().availableProcessors();
        try (ProgressLine line = new ProgressLine(fovea.err(), fovea.look(), System::nanoTime, () -> null);
                Corpus corpus = open(spec, line::progress)) {
            corpus.prepare(line::progress, workers);
            result = ShardExport.export(
                    corpus, split, from, count, fovea.input(out), perShard, format, workers, line::progress);
        }
        result.broken().forEach(each -> fovea.err().println(fovea.errStyle().warning("left out:") + " " + each));
        if (json) {
            fovea.out().println(Json.text(asJson(result)));
        } else {
            fovea.out()
                    .println(result.examples() + " examples of " + split.name().toLowerCase(Locale.ROOT) + " in "
                            + result.shards() + " pairs of shards in " + fovea.shown(fovea.input(out)));
        }
        return ExitCode.OK.code();
    }

    private Corpus open(ResolvedSpec spec, Progress progress) {
        @Nullable Path folder = spec.file().toAbsolutePath().getParent();
        return Corpora.open(
                spec.spec().data(),
                folder == null ? Path.of("") : folder,
                Caches.folder(fovea.environment()),
                progress);
    }

    private static Map<String, Object> asJson(ShardExport.Result result) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("examples", result.examples());
        all.put("shards", result.shards());
        all.put("broken", result.broken());
        return all;
    }
}
