package dev.fovea.runtime.parity;

import dev.fovea.runtime.encode.Encoding;
import dev.fovea.runtime.exec.Backend;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// High-resolution encoding of given patches (ps3-spec 1.8-1.10): tokens, every block, pooling, feature maps.
final class ForcedCheck implements CaseCheck {
    @Override
    public String kind() {
        return "given patches";
    }

    @Override
    public boolean matches(GoldenCase c) {
        return c.call().contains("forward_high_res(");
    }

    @Override
    public void run(GoldenCase c, Backend backend, Findings out) {
        try (Looking looking = new Looking(c, backend)) {
            List<Encoding> encodings = new ArrayList<>();
            List<double[]> tokens = new ArrayList<>();
            for (int b = 0; b < looking.batch; b++) {
                List<int[]> given = looking.chosen(c::input, "selection_maps", b);
                encodings.add(looking.encoder.high(looking.low(b), List.of(given), (_, _) -> {}));
                tokens.add(looking.encoder.tokens());
            }
            out.check("high_res_tokens", Looking.joined(tokens));
            for (int l = 0; l < looking.spec.vision().depth(); l++) {
                int layer = l;
                out.check(
                        "highres_hidden_states." + l,
                        Looking.joined(encodings.stream()
                                .map(e -> high(e, layer, looking))
                                .toList()));
            }
            out.check(
                    "pooled",
                    Looking.joined(encodings.stream()
                            .map(e -> e.roundPooled().getFirst())
                            .toList()));
            LookCheck.featureMaps(looking, encodings, looking.spec.vision().depth() - 1, out);
        }
    }

    /// The high-resolution tokens of a block's output: those after the low-resolution ones.
    private static double[] high(Encoding e, int layer, Looking looking) {
        double[] all = Looking.wide(e.hidden().get(layer));
        int low = e.low().side() * e.low().side() * looking.spec.vision().width();
        return Arrays.copyOfRange(all, low, all.length);
    }
}
