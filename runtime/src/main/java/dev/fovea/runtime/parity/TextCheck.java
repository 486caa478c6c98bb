package dev.fovea.runtime.parity;

import dev.fovea.dsl.spec.ModelSpec;
import dev.fovea.runtime.exec.Backend;
import dev.fovea.runtime.ir.Value;
import dev.fovea.runtime.model.TextTower;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// The text tower and the selection prompt (ps3-spec 1.12).
final class TextCheck implements CaseCheck {
    @Override
    public String kind() {
        return "text tower";
    }

    @Override
    public boolean matches(GoldenCase c) {
        return c.call().contains("encode_text(");
    }

    @Override
    public void run(GoldenCase c, Backend backend, Findings out) {
        ParityGraph g = new ParityGraph(c);
        ModelSpec spec = ParityModel.spec(c, ModelSpec.Strategy.TOP_DOWN);
        TextTower tower = new TextTower(g.builder(), g.parameters(), spec);
        TextTower.Pass pass = tower.pass(g.indices("input_ids"));
        Value unit = tower.normalized(pass.pooled()), prompt = tower.prompt(unit);
        List<Value> read = new ArrayList<>(List.of(pass.normed(), pass.pooled(), unit, prompt));
        read.addAll(pass.hidden());
        Map<Value, double[]> found = g.run(backend, read);
        for (int l = 0; l < pass.hidden().size(); l++) {
            out.check("hidden_states." + l, pass.hidden().get(l), found);
        }
        out.check("ln_final", pass.normed(), found);
        out.check("pooled_output", pass.pooled(), found);
        out.check("pooled_normalized", unit, found);
        out.check("prompt", prompt, found);
    }
}
