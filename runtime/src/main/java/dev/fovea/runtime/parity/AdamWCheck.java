package dev.fovea.runtime.parity;

import dev.fovea.runtime.exec.Backend;
import dev.fovea.runtime.ir.Shape;
import dev.fovea.runtime.ir.UpdateOp;
import dev.fovea.runtime.ir.Value;
import dev.fovea.runtime.train.Schedule;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/// AdamW and the learning-rate schedule (ps3-spec 2.5) on given gradients, for several sets of hyper-parameters.
final class AdamWCheck implements CaseCheck {
    private static final Pattern SCRIPT =
            Pattern.compile("base ([0-9.e+-]+), warmup ([0-9]+), total ([0-9]+)", Pattern.CASE_INSENSITIVE);

    @Override
    public String kind() {
        return "AdamW";
    }

    @Override
    public boolean matches(GoldenCase c) {
        return c.call().contains("AdamW");
    }

    @Override
    public void run(GoldenCase c, Backend backend, Findings out) {
        List<String> names = c.inputs().stream()
                .filter(input -> input.startsWith("p0."))
                .map(input -> input.substring(3))
                .toList();
        int number = 0;
        for (JsonNode hyper : c.params().path("cfgs")) {
            for (String name : names) {
                run(c, backend, out, "cfg" + number + ".", hyper, name);
            }
            number++;
        }
        if (out.wants("script_lr.values")) {
            checkScript(c, out);
        }
    }

    /// Weight decay applies to parameters of rank 2 and more.
    private static void run(GoldenCase c, Backend backend, Findings out, String prefix, JsonNode p, String name) {
        Schedule schedule = new Schedule(
                p.get("lr").asDouble(), p.get("warmup").asLong(), p.get("total").asLong(), true);
        double beta1 = p.get("beta1").asDouble(), beta2 = p.get("beta2").asDouble();
        Shape shape = c.input("p0." + name).dims();
        double decay = shape.rank() >= 2 ? p.get("wd").asDouble() : 0;
        UpdateOp.Hyper hyper = new UpdateOp.Hyper(
                beta1, beta2, p.get("eps").asDouble(), decay, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY);
        ParityGraph g = new ParityGraph(c);
        Value state = g.in("p0." + name), first = g.given("first", shape, new double[shape.elements()]);
        Value second = g.given("second", shape, new double[shape.elements()]);
        List<Value> states = new ArrayList<>();
        List<Double> rates = new ArrayList<>();
        for (int step = 0; c.hasInput("grad" + step + "." + name); step++) {
            rates.add(schedule.rate(step));
            double[] r = {rates.getLast(), 1 - Math.pow(beta1, step + 1), 1 - Math.pow(beta2, step + 1)};
            Value rate = g.given("rates" + step, Shape.of(3), r);
            List<Value> next = g.builder()
                    .addAll(new UpdateOp.AdamW(
                            state, first, second, g.in("grad" + step + "." + name), rate, null, hyper));
            state = next.get(0);
            first = next.get(1);
            second = next.get(2);
            states.add(state);
        }
        List<Value> read = new ArrayList<>(states);
        read.addAll(List.of(first, second));
        Map<Value, double[]> found = g.run(backend, read);
        for (int step = 0; step < states.size(); step++) {
            out.check(prefix + "step" + step + "." + name, states.get(step), found);
        }
        out.check(prefix + "exp_avg." + name, first, found);
        out.check(prefix + "exp_avg_sq." + name, second, found);
        if (!out.checked(prefix + "lr")) {
            out.check(
                    prefix + "lr",
                    rates.stream().mapToDouble(Double::doubleValue).toArray());
        }
    }

    /// The schedule of the reference's training script, whose numbers stand in the notes.
    private static void checkScript(GoldenCase c, Findings out) {
        Matcher m = SCRIPT.matcher(c.config().path("notes").toString());
        if (!m.find()) {
            throw new GoldenException(c.name() + ": no note says base, warmup and total of script_lr");
        }
        Schedule script = new Schedule(
                Double.parseDouble(m.group(1)), Long.parseLong(m.group(2)), Long.parseLong(m.group(3)), true);
        double[] steps = c.output("script_lr.steps").data();
        out.accountFor("script_lr.steps", "read as steps");
        out.check(
                "script_lr.values",
                Arrays.stream(steps).map(s -> script.rate((long) s)).toArray());
    }
}
