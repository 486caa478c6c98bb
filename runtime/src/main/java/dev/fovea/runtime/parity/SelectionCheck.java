package dev.fovea.runtime.parity;

import dev.fovea.runtime.encode.Encoding;
import dev.fovea.runtime.exec.Backend;
import dev.fovea.runtime.select.Rounds;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;

/// Selection probabilities and maps (ps3-spec 1.4-1.7), and the features behind them.
final class SelectionCheck implements CaseCheck {
    @Override
    public String kind() {
        return "selection";
    }

    @Override
    public boolean matches(GoldenCase c) {
        return c.call().contains("get_selection_probs(");
    }

    @Override
    public void run(GoldenCase c, Backend backend, Findings out) {
        if (out.wants("selection_features") || out.wants("highres_selection_features")) {
            new SelectionFeatures(c, backend).check(out);
        }
        try (Looking looking = new Looking(c, backend)) {
            List<Encoding.LowResult> lows =
                    IntStream.range(0, looking.batch).mapToObj(looking::low).toList();
            looking.checkScores(out, lows);
            looking.checkMaps(
                    out,
                    "bottomup_selection_probs",
                    lows.stream().map(Encoding.LowResult::priorMaps).toList());
            if (c.hasInput("prompt")) {
                looking.checkMaps(
                        out,
                        "topdown_selection_probs",
                        lows.stream().map(Encoding.LowResult::posteriorMaps).toList());
            }
            checkChoice(c, looking, lows, out);
        }
    }

    /// Maps must be equal where the choice is unique, else be one of the possible choices.
    private static void checkChoice(GoldenCase c, Looking looking, List<Encoding.LowResult> lows, Findings out) {
        boolean again = c.hasInput("old_selection_maps.0");
        JsonNode tokens = c.params().path("num_select_token");
        List<List<int[]>> chosen = new ArrayList<>();
        double worst = 0;
        for (int b = 0; b < looking.batch; b++) {
            List<List<int[]>> before = again ? List.of(looking.chosen(c::input, "old_selection_maps", b)) : List.of();
            Rounds rounds = looking.rounds(b);
            int size = tokens.isNumber()
                    ? tokens.asInt()
                    : rounds.budgets().stream().mapToInt(k -> k).sum();
            List<Integer> left = IntStream.range(0, rounds.cells().size())
                    .mapToObj(i -> rounds.cells().get(i)
                            - before.stream().mapToInt(r -> r.get(i).length).sum())
                    .toList();
            List<Integer> counts = rounds.round(size, left);
            List<int[]> recorded = looking.chosen(c::output, "selection_maps", b);
            worst = Math.max(worst, Ties.error(lows.get(b).scores(), before, counts, recorded));
            chosen.add(LookCheck.unique(c) ? LookCheck.ours(lows.get(b).scores(), before, counts) : recorded);
        }
        out.measure(
                "selection_maps (choice among ties)",
                worst,
                c.atol("selection_probs.0"),
                "the recorded maps are not those of the highest scores");
        looking.checkChosen(out, "selection_maps", chosen);
    }
}
