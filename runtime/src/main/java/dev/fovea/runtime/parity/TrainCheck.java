package dev.fovea.runtime.parity;

import dev.fovea.dsl.spec.LossSpec;
import dev.fovea.dsl.spec.ModelSpec;
import dev.fovea.dsl.spec.OptimSpec;
import dev.fovea.runtime.exec.Backend;
import dev.fovea.runtime.exec.Session;
import dev.fovea.runtime.exec.Store;
import dev.fovea.runtime.ir.Graph;
import dev.fovea.runtime.ir.Shape;
import dev.fovea.runtime.ir.Value;
import dev.fovea.runtime.model.Ps3;
import dev.fovea.runtime.select.ScaleGrid;
import dev.fovea.runtime.train.PreTraining;
import dev.fovea.runtime.train.Schedule;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;

/// Training steps (ps3-spec 2.3-2.5) on one batch: losses of every step, features, the gradient of every parameter
/// and the parameters after the last step.
final class TrainCheck implements CaseCheck {
    @Override
    public String kind() {
        return "training steps";
    }

    @Override
    public boolean matches(GoldenCase c) {
        return c.call().contains("train_one_epoch");
    }

    @Override
    public void run(GoldenCase c, Backend backend, Findings out) {
        JsonNode params = c.params();
        GoldenCase.Values images = c.input("images");
        PreTraining.Size size =
                new PreTraining.Size((int) images.shape()[0], (int) images.shape()[2], (int) images.shape()[3]);
        ModelSpec spec = ParityModel.spec(c, ModelSpec.Strategy.TOP_DOWN);
        LossSpec loss = loss(params);
        OptimSpec optim = optim(params);
        PreTraining.Built built = PreTraining.build(spec, loss, size, optim, true);
        Graph g = built.graph();
        Function<String, double[]> weights = ParityGraph.weights(c);
        try (Store store = backend.store();
                Session s = ParityGraph.session(
                        backend,
                        g,
                        Ps3.hostFunctions(spec, ModelSpec.Strategy.TOP_DOWN, size.height(), size.width(), 0),
                        store)) {
            ParityGraph.load(store, weights);
            write(s, g, "pixels", images.data());
            write(s, g, "box_map", c.input("gt_selection_maps").data());
            write(s, g, "tokens", c.input("texts").data());
            write(s, g, "global", c.input("is_global_text").data());
            s.write(g.input("one"), 1);
            Schedule schedule = new Schedule(
                    optim.lr(),
                    params.get("warmup").asLong(),
                    params.get("total_steps").asLong(),
                    true);
            for (int step = 0; step < params.get("steps").asInt(); step++) {
                double rate = schedule.rate(params.path("first_step_index").asLong(0) + step);
                double first = 1 - Math.pow(optim.betas().get(0), step + 1);
                double second = 1 - Math.pow(optim.betas().get(1), step + 1);
                s.write(g.input("rates"), rate, first, second);
                s.write(g.input("step"), step);
                out.check("step" + step + ".logit_scale", exponential(s.read(g.parameter("logit_scale"))));
                out.check("step" + step + ".logit_bias", s.read(g.parameter("logit_bias")));
                s.run();
                checkStep(s, built, spec, loss.box(), "step" + step + ".", out);
                if (step == 0) {
                    checkGradients(s, built, out);
                }
            }
            checkParameters(c, built, store, out);
            checkUpdates(c, built, store, weights, out);
        }
    }

    private static LossSpec loss(JsonNode params) {
        JsonNode weights = params.path("loss_weights");
        if (weights.path("selection_prob").asDouble(0) != 0) {
            throw new GoldenException("loss_weights.selection_prob is not built; it must be 0");
        }
        return ParityModel.loss(
                params.path("select_w_gt").asBoolean(false),
                params.path("pool_gt_token_only").asBoolean(false),
                weights.path("prior").asDouble(1),
                weights.path("posterior").asDouble(1));
    }

    private static OptimSpec optim(JsonNode params) {
        List<Double> betas =
                params.get("betas").valueStream().map(JsonNode::asDouble).toList();
        return new OptimSpec(
                "adamw",
                params.get("lr").asDouble(),
                betas,
                params.get("eps").asDouble(),
                params.get("weight_decay").asDouble(),
                0);
    }

    private static void write(Session s, Graph g, String name, double[] values) {
        Value input = g.input(name);
        if (input.shape().elements() != values.length) {
            throw new GoldenException(name + " has " + values.length + " recorded elements, training wants " + input);
        }
        s.write(input, values);
    }

    /// The reference's box losses carry their weights.
    private static void checkStep(
            Session s, PreTraining.Built built, ModelSpec spec, LossSpec.Box weights, String step, Findings out) {
        Graph g = built.graph();
        out.check(step + "loss", s.read(g.result("loss")));
        out.check(step + "contrastive_loss", s.read(g.result("contrastive_loss")));
        double prior = s.read(g.result("prior_box_loss"))[0] * weights.prior();
        double posterior = s.read(g.result("posterior_box_loss"))[0] * weights.posterior();
        out.check(step + "prior_box_supervision_loss", new double[] {prior});
        out.check(step + "posterior_box_supervision_loss", new double[] {posterior});
        out.check(step + "image_features", s.read(g.result("image_features")));
        out.check(step + "text_features", s.read(g.result("text_features")));
        int side = spec.ps3().scales().getFirst() / spec.vision().patch();
        Shape picture = g.input("pixels").shape();
        List<ScaleGrid> grids = Ps3.grids(spec, picture.dim(2), picture.dim(3));
        for (int i = 0; i < grids.size(); i++) {
            ScaleGrid grid = grids.get(i);
            double[] priors = s.read(g.result("prior_map")), posteriors = s.read(g.result("posterior_map"));
            out.check(step + "prior_selection_probs." + i, PreTrainingLookCheck.enlarge(priors, side, grid));
            out.check(step + "posterior_selection_probs." + i, PreTrainingLookCheck.enlarge(posteriors, side, grid));
        }
    }

    /// A parameter that our loss does not reach has gradient 0.
    private static void checkGradients(Session s, PreTraining.Built built, Findings out) {
        for (String name : built.parameters().keySet()) {
            Value gradient = built.gradients().get(name);
            int elements = built.parameters().get(name).value().shape().elements();
            out.check("grad." + name, gradient == null ? new double[elements] : s.read(gradient));
        }
    }

    /// Elements whose gradient is rounding noise take arbitrary full-size AdamW steps: a recorded mask leaves them
    /// out.
    private static void checkParameters(GoldenCase c, PreTraining.Built built, Store store, Findings out) {
        for (String name : built.parameters().keySet()) {
            out.check("param_after." + name, ParityGraph.read(store, name), skipped(c, name));
            out.accountFor("comparable." + name, "mask");
        }
    }

    private static boolean[] skipped(GoldenCase c, String name) {
        if (!c.outputs().contains("comparable." + name)) {
            return new boolean[0];
        }
        double[] comparable = c.output("comparable." + name).data();
        boolean[] skipped = new boolean[comparable.length];
        for (int i = 0; i < skipped.length; i++) {
            skipped[i] = comparable[i] == 0;
        }
        return skipped;
    }

    /// The relative error of the whole update, which an optimizer that does nothing fails.
    private static void checkUpdates(
            GoldenCase c, PreTraining.Built built, Store store, Function<String, double[]> weights, Findings out) {
        JsonNode checks = c.config().path("update_check");
        for (String name : checks.propertyNames()) {
            String what = "update of " + name;
            double allowed = checks.path(name).path("rel_l2_max").asDouble(Double.NaN);
            if (!built.parameters().containsKey(name)) {
                out.fail(what, "our model has no such parameter");
                continue;
            }
            double[] before = weights.apply(name),
                    recorded = c.output("param_after." + name).data();
            double[] after = ParityGraph.read(store, name);
            boolean[] skipped = skipped(c, name);
            double error = 0, length = 0;
            for (int i = 0; i < after.length; i++) {
                if (skipped.length == 0 || !skipped[i]) {
                    error += square(after[i] - recorded[i]);
                    length += square(recorded[i] - before[i]);
                }
            }
            double relative = error == 0 ? 0 : Math.sqrt(error / length);
            out.measure(what, relative, allowed, String.format(Locale.ROOT, "relative L2 error %.3g", relative));
        }
    }

    private static double[] exponential(double[] scalar) {
        return new double[] {Math.exp(scalar[0])};
    }

    private static double square(double x) {
        return x * x;
    }
}
