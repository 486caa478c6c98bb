package dev.fovea.dsl;

import dev.fovea.dsl.spec.Duration;
import dev.fovea.dsl.spec.LossSpec;
import dev.fovea.dsl.yaml.Findings;
import dev.fovea.dsl.yaml.YamlNode;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Checks that values make sense together. A check whose inputs are missing or wrong is skipped; everything else
/// is still checked, so that one reading finds all problems.
final class MeaningCheck {
    private final Values v;
    private final Findings findings;

    private MeaningCheck(Values values, Findings findings) {
        this.v = values;
        this.findings = findings;
    }

    static void check(Values values, Findings findings) {
        new ModelCheck(values, findings).check();
        MeaningCheck check = new MeaningCheck(values, findings);
        check.init();
        check.source();
        check.mix();
        check.preprocessing();
        check.tokenizer();
        check.groups();
        check.objective();
        check.schedule();
        check.evaluation();
        check.tracking();
    }

    private void init() {
        String digest = v.text("init.sha256");
        if (digest != null && !digest.matches("[0-9a-f]{64}")) {
            findings.error(
                    v.mark("init.sha256"),
                    "init.sha256",
                    "expected 64 hexadecimal digits, found \"" + digest + '"',
                    "fovea checkpoint show PATH prints them");
        }
    }

    private void source() {
        String train = "data.train.";
        distinct(train + "styles", v.texts(train + "styles"));
        List<String> styles = v.texts(train + "styles");
        for (int i = 0; styles != null && i < styles.size(); i++) {
            if (styles.get(i).isBlank()) {
                findings.error(v.mark(train + "styles", i), train + "styles[" + i + "]", "a style must have a name");
            }
        }
        String backgrounds = v.text(train + "backgrounds");
        String pictures = v.text(train + "pictures");
        if (backgrounds != null && pictures != null) {
            boolean needed = backgrounds.equals("pictures");
            if (needed && pictures.isBlank()) {
                findings.error(
                        v.mark(train + "backgrounds"),
                        train + "pictures",
                        "missing; backgrounds: pictures needs a folder",
                        "e.g. pictures: wallpapers/");
            } else if (!needed && !pictures.isBlank()) {
                findings.error(
                        v.mark(train + "pictures"),
                        train + "pictures",
                        "has no effect with backgrounds: procedural",
                        "write backgrounds: pictures");
            }
        }
        Long large = v.whole(train + "large");
        Long medium = v.whole(train + "medium");
        Long small = v.whole(train + "small");
        if (large != null && medium != null && small != null && large + medium + small == 0) {
            findings.error(
                    v.mark(train + "large"),
                    train + "large",
                    "large, medium and small are all 0, so that scenes are empty");
        }
        enlarged();
    }

    private void mix() {
        if (!"shard-mix".equals(v.text("data.train.type"))) {
            return;
        }
        List<String> images = v.texts("data.train.image_sets");
        for (String path : List.of("data.train.text_box_sets", "data.train.weights")) {
            List<?> others = v.list(path);
            if (images != null && others != null && others.size() != images.size()) {
                findings.error(
                        v.mark(path),
                        path,
                        Wording.count(others.size(), "value") + " for " + Wording.count(images.size(), "source"),
                        "one for each of image_sets");
            }
        }
    }

    private void enlarged() {
        Long size = v.whole("data.train.size");
        List<Long> scales = v.wholes("model.ps3.scales");
        if (size != null && scales != null && scales.getLast() > size) {
            findings.warning(
                    v.mark("data.train.size"),
                    "data.train.size",
                    size + " is below the largest scale " + scales.getLast()
                            + ", for which pictures are only enlarged");
        }
    }

    private void preprocessing() {
        for (String path : List.of("data.preprocess.crop_area", "data.preprocess.crop_aspect")) {
            List<Double> range = v.reals(path);
            if (range != null && range.get(0) > range.get(1)) {
                String text = Wording.number(range.get(0)) + " is above " + Wording.number(range.get(1));
                findings.error(v.mark(path), path, text, "a range is [smallest, largest]");
            }
        }
    }

    private void tokenizer() {
        Long ids = v.whole("data.tokenizer.vocab");
        Long rows = v.whole("model.text.vocab");
        if (ids != null && rows != null && ids > rows) {
            findings.error(
                    v.mark("data.tokenizer.vocab"),
                    "data.tokenizer.vocab",
                    ids + " ids do not fit the " + rows + " rows of model.text.vocab",
                    "auto fills them");
        }
        String digest = v.text("data.tokenizer.sha256");
        if (digest != null && !digest.matches("[0-9a-f]{64}")) {
            findings.error(
                    v.mark("data.tokenizer.sha256"),
                    "data.tokenizer.sha256",
                    "expected 64 hexadecimal digits, found \"" + digest + '"',
                    "sha256sum FILE prints them");
        }
    }

    private void groups() {
        String path = "data.captions.elements_per_image";
        Long elements = v.whole(path);
        Long batch = v.whole("batch.global");
        if (elements != null && batch != null && batch % elements != 0) {
            findings.error(v.mark(path), path, elements + " elements a picture do not divide batch.global " + batch);
        }
        Double prior = v.real("loss.box.prior");
        if (prior != null && prior == 0 && v.constant("loss.box.prior_target") == LossSpec.PriorTarget.ALL_BOXES) {
            findings.warning(
                    v.mark("loss.box.prior_target"),
                    "loss.box.prior_target",
                    "has no effect on training while loss.box.prior is 0");
        }
    }

    private void objective() {
        Double contrast = v.real("loss.contrast.weight");
        Double prior = v.real("loss.box.prior");
        Double posterior = v.real("loss.box.posterior");
        Double global = v.real("data.captions.global_prob");
        if (contrast == null || prior == null || posterior == null || global == null) {
            return;
        }
        if (!selects()) {
            withoutMaps(contrast);
            return;
        }
        boolean boxes = global < 1 && (prior > 0 || posterior > 0);
        if (contrast == 0 && !boxes) {
            String why = prior > 0 || posterior > 0
                    ? "loss.contrast.weight is 0 and without local captions boxes are not supervised"
                    : "all loss weights are 0";
            findings.error(v.mark("loss.contrast.weight"), "loss", "nothing to train: " + why);
            return;
        }
        zeroWeight("loss.contrast.weight", contrast, "towers are not trained to match");
        zeroWeight("loss.box.prior", prior, "the bottom-up map is not trained");
        zeroWeight("loss.box.posterior", posterior, "the top-down map is not trained");
        if (global == 1 && (prior > 0 || posterior > 0)) {
            findings.warning(
                    v.mark("data.captions.global_prob"),
                    "data.captions.global_prob",
                    "is 1, so that loss.box and loss.pool_tokens have no effect: they act on local captions only");
        }
    }

    /// Whether the encoder selects patches; also where the spec does not say in a way that can be read.
    private boolean selects() {
        String encoder = v.text("model.encoder.type");
        return encoder == null || encoder.equals("ps3");
    }

    /// Loss keys of an encoder without selection maps.
    private void withoutMaps(double contrast) {
        if (contrast == 0) {
            String path = "loss.contrast.weight";
            findings.error(
                    v.mark(path),
                    "loss",
                    "nothing to train: " + path + " is 0 and this encoder has no selection maps for boxes to train");
        }
        for (String path : List.of("loss.box.prior", "loss.box.posterior")) {
            Double weight = v.real(path);
            if (given(path) && weight != null && weight > 0) {
                noEffect(path, "has no selection maps");
            }
        }
        if (v.constant("loss.pool_tokens") == LossSpec.PoolTokens.ALL) {
            noEffect("loss.pool_tokens", "always pools the tokens inside the box");
        }
    }

    private void noEffect(String path, String why) {
        findings.warning(
                v.mark(path), path, "has no effect: model.encoder " + v.text("model.encoder.type") + " " + why);
    }

    private boolean given(String path) {
        Values.Value value = v.all().get(path);
        return value != null && value.node() != null;
    }

    private void zeroWeight(String path, double weight, String consequence) {
        if (weight == 0) {
            findings.warning(v.mark(path), path, "is 0, so that this loss has no effect: " + consequence);
        }
    }

    private void schedule() {
        Duration length = v.duration("schedule.length");
        Duration warmup = v.duration("schedule.warmup");
        Long batch = v.whole("batch.global");
        epochs("schedule.length", length);
        epochs("schedule.warmup", warmup);
        epochs("eval.every", v.duration("eval.every"));
        if (batch != null && length != null && length.unit() == Duration.Unit.SAMPLES && length.amount() < batch) {
            findings.error(
                    v.mark("schedule.length"),
                    "schedule.length",
                    length.text() + " is less than one step of batch.global " + batch,
                    "e.g. length: " + 10 * batch + "sa");
        }
        if (batch != null && batch == 1) {
            findings.warning(
                    v.mark("batch.global"), "batch.global", "is 1, so that no pair is contrasted with another");
        }
        if (length == null || warmup == null) {
            return;
        }
        Double lengthSteps = comparable(length, warmup, batch);
        Double warmupSteps = comparable(warmup, length, batch);
        if (lengthSteps != null && warmupSteps != null && warmupSteps >= lengthSteps) {
            findings.error(
                    v.mark("schedule.warmup"),
                    "schedule.warmup",
                    warmup.text() + " is not shorter than schedule.length " + length.text(),
                    "the warm-up is a part of the run");
        }
    }

    /// The amount in steps, or in the unit that both have; null if they cannot be compared.
    private static @Nullable Double comparable(Duration duration, Duration other, @Nullable Long batch) {
        if (duration.unit() == other.unit()) {
            return duration.amount();
        }
        if (duration.unit() == Duration.Unit.EPOCHS || other.unit() == Duration.Unit.EPOCHS || batch == null) {
            return null;
        }
        return duration.unit() == Duration.Unit.SAMPLES
                ? (Double) (duration.amount() / batch)
                : (Double) duration.amount();
    }

    private void epochs(String path, @Nullable Duration duration) {
        String type = v.text("data.train.type");
        if (duration == null || duration.unit() != Duration.Unit.EPOCHS || type == null) {
            return;
        }
        boolean mixed = type.equals("shard-mix");
        boolean endless = type.equals("scenes") || mixed || Boolean.TRUE.equals(v.flag("data.train.resample"));
        if (endless) {
            String why = mixed
                    ? "a mix of sources is drawn without end"
                    : type.equals("scenes")
                            ? "scenes are composed without end"
                            : "shards are drawn with replacement (resample: true)";
            findings.error(v.mark(path), path, duration.text() + " has no length: " + why, "use st or sa");
        }
    }

    private void evaluation() {
        List<String> tasks = v.texts("eval.tasks");
        distinct("eval.tasks", tasks);
        int recall = tasks == null ? -1 : tasks.indexOf("selection-recall");
        if (recall >= 0 && given("eval.tasks") && !selects()) {
            findings.error(
                    v.mark("eval.tasks", recall),
                    "eval.tasks[" + recall + "]",
                    "selection-recall needs selection maps, which model.encoder " + v.text("model.encoder.type")
                            + " does not have",
                    "write tasks: [local-retrieval]");
        }
    }

    private void tracking() {
        String uri = v.text("tracking.uri");
        Values.Value given = v.all().get("tracking.uri");
        boolean secret = given != null && given.node() instanceof YamlNode.Scalar scalar && scalar.secret();
        if (uri != null && !secret && Secrets.hasCredentials(uri)) {
            findings.error(
                    v.mark("tracking.uri"),
                    "tracking.uri",
                    "credentials do not belong in a spec",
                    "set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD");
        }
    }

    private void distinct(String path, @Nullable List<String> words) {
        Set<String> seen = new HashSet<>();
        for (int i = 0; words != null && i < words.size(); i++) {
            if (!seen.add(words.get(i))) {
                findings.error(v.mark(path, i), path + "[" + i + "]", '"' + words.get(i) + "\" is listed twice");
            }
        }
    }
}
