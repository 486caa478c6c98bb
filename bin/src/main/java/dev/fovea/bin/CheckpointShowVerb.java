package dev.fovea.bin;

import dev.fovea.bin.terminal.Quantities;
import dev.fovea.bin.terminal.TextTable;
import dev.fovea.runtime.checkpoint.ModelConfig;
import dev.fovea.runtime.checkpoint.Part;
import dev.fovea.runtime.checkpoint.PretrainedModel;
import dev.fovea.runtime.store.TensorInfo;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `fovea checkpoint show PATH`: what a checkpoint is and holds.
@Command(
        name = "show",
        description = "Say what a checkpoint is: its layout, its model, its parameters by part, and its digest. "
                + "PS3 folders, SigLIP files, runs and their checkpoints are understood.")
final class CheckpointShowVerb implements Callable<Integer> {
    private final Fovea fovea;

    @Parameters(index = "0", paramLabel = "PATH|RUN", description = "a file, a folder, or the key of a run")
    private Path which = Path.of("");

    @Mixin
    private CheckpointArgument checkpoints = new CheckpointArgument();

    @Option(names = "--tensors", description = "list every tensor as it is stored")
    private boolean tensors;

    @Option(names = "--no-digest", description = "leave out the digest, for which the whole file is read")
    private boolean noDigest;

    @Option(names = "--json", description = "print everything as JSON")
    private boolean json;

    CheckpointShowVerb(Fovea fovea) {
        this.fovea = fovea;
    }

    @Override
    public Integer call() {
        PretrainedModel model = checkpoints.open(fovea, which);
        String digest = noDigest ? "" : model.files().digest();
        if (json) {
            fovea.out().println(Json.text(asJson(model, digest)));
        } else {
            print(model, digest);
        }
        return ExitCode.OK.code();
    }

    private void print(PretrainedModel model, String digest) {
        PrintWriter out = fovea.out();
        out.println(fovea.shown(model.path()) + "  " + model.layout().label());
        model.config().map(ModelConfig::lines).orElse(List.of()).forEach(line -> out.println("  " + line));
        out.println("  weights " + model.files().infos().size() + " tensors, " + types(model) + ", "
                + Quantities.bytes(model.files().fileBytes())
                + (model.files().files().size() > 1
                        ? " in " + model.files().files().size() + " files"
                        : ""));
        if (!digest.isEmpty()) {
            out.println("  sha256  " + digest);
        }
        out.println();
        TextTable parts = new TextTable("part", "tensors", "parameters", "");
        long total = 0;
        for (Map.Entry<Part, long[]> part : byPart(model).entrySet()) {
            long[] count = part.getValue();
            parts.add(part.getKey().label(), "" + count[0], "" + count[1], Quantities.count((double) count[1]));
            total += count[1];
        }
        parts.add("all", "" + model.parameters().size(), "" + total, Quantities.count((double) total));
        out.print(parts.text(fovea.outStyle()));
        if (tensors) {
            out.println();
            TextTable list = new TextTable("tensor", "type", "shape");
            model.files()
                    .infos()
                    .forEach((name, info) -> list.add(name, info.type().name(), Arrays.toString(info.shape())));
            out.print(list.text(fovea.outStyle()));
        }
    }

    private static String types(PretrainedModel model) {
        return model.files().infos().values().stream()
                .map(info -> info.type().name())
                .distinct()
                .sorted()
                .collect(Collectors.joining("+"));
    }

    /// Tensors and scalars of each part that is there.
    private static Map<Part, long[]> byPart(PretrainedModel model) {
        Map<Part, long[]> counts = new EnumMap<>(Part.class);
        model.parameters().forEach((name, shape) -> {
            long[] count = counts.computeIfAbsent(Part.of(name), _ -> new long[2]);
            count[0]++;
            count[1] += Arrays.stream(shape).reduce(1, (a, b) -> a * b);
        });
        return counts;
    }

    private Map<String, Object> asJson(PretrainedModel model, String digest) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("path", model.path().toString());
        all.put("layout", model.layout().name().toLowerCase(Locale.ROOT).replace('_', '-'));
        model.config().ifPresent(config -> all.put("config", config));
        all.put("types", types(model));
        all.put("bytes", model.files().fileBytes());
        if (!digest.isEmpty()) {
            all.put("sha256", digest);
        }
        Map<String, Object> parts = new LinkedHashMap<>();
        long total = 0;
        for (Map.Entry<Part, long[]> part : byPart(model).entrySet()) {
            parts.put(part.getKey().label(), part.getValue()[1]);
            total += part.getValue()[1];
        }
        all.put("parameters", total);
        all.put("parts", parts);
        if (tensors) {
            all.put("tensors", tensorList(model));
        }
        return all;
    }

    private static List<Map<String, Object>> tensorList(PretrainedModel model) {
        List<Map<String, Object>> list = new ArrayList<>();
        for (Map.Entry<String, TensorInfo> entry : model.files().infos().entrySet()) {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("name", entry.getKey());
            one.put("type", entry.getValue().type().name());
            one.put("shape", entry.getValue().shape());
            list.add(one);
        }
        return list;
    }
}
