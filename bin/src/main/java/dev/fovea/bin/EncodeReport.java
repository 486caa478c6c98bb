package dev.fovea.bin;

import dev.fovea.bin.terminal.Quantities;
import dev.fovea.bin.terminal.TextTable;
import dev.fovea.runtime.encode.Encoding;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What `fovea encode` says in the end.
final class EncodeReport {
    private final Fovea fovea;
    private final PictureEncoder encoder;
    private final List<EncodedPicture> done;
    private final List<String> failed;

    EncodeReport(Fovea fovea, PictureEncoder encoder, List<EncodedPicture> done, List<String> failed) {
        this.fovea = fovea;
        this.encoder = encoder;
        this.done = done;
        this.failed = failed;
    }

    /// @param out the features' file, or null
    /// @param maps the maps' folder, or null
    void print(boolean json, @Nullable Path out, @Nullable Path maps) {
        if (json) {
            fovea.out().println(Json.text(asJson(out)));
        } else {
            fovea.out().print(table().text(fovea.outStyle()));
            if (out != null) {
                fovea.out().println("features in " + fovea.shown(fovea.resolve(out)));
            }
            if (maps != null && !done.isEmpty()) {
                fovea.out().println("maps in " + fovea.shown(fovea.resolve(maps)));
            }
        }
        failed.forEach(problem -> fovea.err().println("fovea: " + problem));
    }

    private TextTable table() {
        List<Integer> scales = encoder.model().ps3().scales();
        List<String> heads = new ArrayList<>(List.of("picture", "size", "rounds", "tokens"));
        scales.forEach(s -> heads.add(s + " px"));
        heads.add("time");
        TextTable table = new TextTable(heads.toArray(String[]::new));
        for (EncodedPicture p : done) {
            List<String> cells = new ArrayList<>(List.of(
                    p.file().toString(),
                    p.width() + "x" + p.height(),
                    Integer.toString(p.encoding().rounds().size()),
                    Integer.toString(tokens(p.encoding()))));
            cells.add(Integer.toString(low(p.encoding())));
            p.encoding().selected().forEach(s -> cells.add(Integer.toString(s.length)));
            cells.add(Quantities.time(p.seconds()));
            table.add(cells.toArray(String[]::new));
        }
        return table;
    }

    private static int low(Encoding e) {
        return e.low().side() * e.low().side();
    }

    private static int tokens(Encoding e) {
        return low(e) + e.selected().stream().mapToInt(s -> s.length).sum();
    }

    private Map<String, Object> asJson(@Nullable Path out) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("device", encoder.device());
        all.put("facts", encoder.facts());
        if (out != null) {
            all.put("features", fovea.shown(fovea.resolve(out)));
        }
        all.put("pictures", done.stream().map(this::asJson).toList());
        all.put("failed", failed);
        return all;
    }

    private Map<String, Object> asJson(EncodedPicture p) {
        Encoding e = p.encoding();
        Map<String, Object> one = new LinkedHashMap<>();
        one.put("picture", p.file().toString());
        one.put("input", List.of(p.height(), p.width()));
        one.put("seconds", p.seconds());
        one.put("low_tokens", low(e));
        one.put("selected", e.selected().stream().map(s -> s.length).toList());
        one.put(
                "grids",
                e.low().grids().stream()
                        .map(g -> List.of(g.rows(), g.columns()))
                        .toList());
        one.put(
                "rounds",
                e.rounds().stream()
                        .map(r -> r.stream().map(s -> s.length).toList())
                        .toList());
        one.put("strategy", p.topDown() ? "top-down" : "bottom-up");
        one.put("scores", (p.topDown() ? e.low().posteriorMaps() : e.low().priorMaps()).getFirst());
        one.put("low_pooled", e.low().pooled());
        one.put("high_pooled", e.roundPooled());
        if (p.map() != null) {
            one.put("map", fovea.shown(p.map()));
        }
        return one;
    }
}
