package dev.fovea.runtime.parity;

import dev.fovea.runtime.encode.Encoding;
import dev.fovea.runtime.exec.Backend;
import dev.fovea.runtime.select.LookRequest;
import dev.fovea.runtime.select.Ranking;
import dev.fovea.runtime.select.TieBreak;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// Whole encodings: low pass, selection, as many looks as asked for, and the order of their tokens (ps3-spec
/// 1.5-1.9).
///
/// Where the choice of patches is not unique, our own must be one of the possible ones and the recorded one is
/// encoded.
final class LookCheck implements CaseCheck {
    @Override
    public String kind() {
        return "looks";
    }

    @Override
    public boolean matches(GoldenCase c) {
        return c.call().contains("encode_image(") && c.params().has("num_look_close");
    }

    /// Whether the scores alone decide what is chosen.
    static boolean unique(GoldenCase c) {
        JsonNode meta = c.config().path("meta");
        return meta.path("unique_selection")
                .asBoolean(meta.path("ties").path("unique_selection").asBoolean(false));
    }

    /// Our own choice after the rounds `before`.
    static List<int[]> ours(List<double[]> scores, List<List<int[]>> before, List<Integer> counts) {
        Ranking ranking = new Ranking(scores, TieBreak.lowestIndex());
        before.forEach(ranking::exclude);
        return ranking.next(counts);
    }

    @Override
    public void run(GoldenCase c, Backend backend, Findings out) {
        try (Looking looking = new Looking(c, backend)) {
            List<Encoding> encodings = new ArrayList<>();
            double worst = 0;
            for (int b = 0; b < looking.batch; b++) {
                Encoding.LowResult low = looking.low(b);
                List<List<int[]>> rounds = new ArrayList<>();
                for (List<Integer> counts : looking.rounds(b).plan(request(c))) {
                    List<int[]> chosen = ours(low.scores(), rounds, counts);
                    if (!unique(c)) {
                        List<int[]> recorded = looking.chosen(c::output, "step" + rounds.size() + ".selection_maps", b);
                        worst = Math.max(worst, Ties.error(low.scores(), rounds, counts, recorded));
                        chosen = recorded;
                    }
                    rounds.add(chosen);
                }
                encodings.add(looking.encoder.high(low, rounds, (_, _) -> {}));
            }
            if (!unique(c)) {
                out.measure(
                        "selection_maps (choice among ties)",
                        worst,
                        c.atol("selection_probs.0"),
                        "the recorded maps are not those of the highest scores");
            }
            compare(looking, encodings, out);
        }
    }

    private static LookRequest request(GoldenCase c) {
        JsonNode looks = c.params().path("num_look_close"), tokens = c.params().path("num_token_look_close");
        if (tokens.isNumber()) {
            return new LookRequest.Tokens(tokens.asInt());
        }
        return tokens.isString() || looks.isString() ? new LookRequest.All() : new LookRequest.Looks(looks.asInt());
    }

    private static void compare(Looking looking, List<Encoding> encodings, Findings out) {
        looking.checkScores(out, encodings.stream().map(Encoding::low).toList());
        looking.checkChosen(
                out,
                "selection_maps",
                encodings.stream().map(Encoding::selected).toList());
        int steps = encodings.stream().mapToInt(e -> e.rounds().size()).max().orElse(0);
        for (int s = 0; s < steps; s++) {
            int step = s;
            looking.checkChosen(
                    out,
                    "step" + s + ".selection_maps",
                    encodings.stream().map(e -> e.rounds().get(step)).toList());
        }
        int layers = encodings.getFirst().hidden().size();
        for (int l = 0; l < layers; l++) {
            out.check("hidden_states." + l, features(encodings, l));
        }
        out.check("last_hidden_state", features(encodings, layers - 1));
        featureMaps(looking, encodings, layers - 1, out);
    }

    private static double[] features(List<Encoding> encodings, int layer) {
        return Looking.joined(
                encodings.stream().map(e -> Looking.wide(e.hidden().get(layer))).toList());
    }

    static void featureMaps(Looking looking, List<Encoding> encodings, int layer, Findings out) {
        int width = looking.spec.vision().width();
        for (int i = 0; i <= looking.grids().size(); i++) {
            int scale = i;
            if (out.wants("feature_maps." + i)) {
                out.check(
                        "feature_maps." + i,
                        Looking.joined(encodings.stream()
                                .map(e -> Looking.channelsFirst(e.featureMap(layer, scale), width))
                                .toList()));
            }
        }
    }
}
