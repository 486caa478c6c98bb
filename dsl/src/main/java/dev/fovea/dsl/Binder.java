package dev.fovea.dsl;

import static java.util.Objects.requireNonNull;

import dev.fovea.dsl.spec.BatchSpec;
import dev.fovea.dsl.spec.DataSpec;
import dev.fovea.dsl.spec.Duration;
import dev.fovea.dsl.spec.EvalSpec;
import dev.fovea.dsl.spec.ExperimentSpec;
import dev.fovea.dsl.spec.InitSpec;
import dev.fovea.dsl.spec.LossSpec;
import dev.fovea.dsl.spec.ModelSpec;
import dev.fovea.dsl.spec.OptimSpec;
import dev.fovea.dsl.spec.PrecisionSpec;
import dev.fovea.dsl.spec.RunSpec;
import dev.fovea.dsl.spec.ScheduleSpec;
import dev.fovea.dsl.spec.TrackingSpec;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Makes the records of a spec from checked values. Written out by hand, because the compiler then checks it and
/// because reflective constructors cost a cold start 40 ms.
final class Binder {
    private final Values v;

    private Binder(Values values) {
        this.v = values;
    }

    /// @param values with a value for every key
    static ExperimentSpec bind(Values values) {
        return new Binder(values).experiment();
    }

    private ExperimentSpec experiment() {
        return new ExperimentSpec(
                text("fovea"),
                text("name"),
                text("doc"),
                new ModelSpec(vision(), ps3(), textTower(), encoder()),
                init(),
                data(),
                loss(),
                optim(),
                new ScheduleSpec(text("schedule.type"), duration("schedule.warmup"), duration("schedule.length")),
                new BatchSpec(integer("batch.global")),
                new PrecisionSpec(text("precision.compute")),
                whole("seed"),
                new EvalSpec(
                        duration("eval.every"),
                        tasks(),
                        integer("eval.scenes"),
                        integer("eval.gallery"),
                        integer("eval.max_tokens")),
                run(),
                new TrackingSpec(text("tracking.type"), text("tracking.uri"), text("tracking.experiment")));
    }

    private @Nullable InitSpec init() {
        return v.has("init") // given or left as `none`; otherwise its keys are there instead
                ? null
                : new InitSpec(text("init.from"), text("init.sha256"), flag("init.strict"));
    }

    private ModelSpec.Vision vision() {
        String at = "model.vision.";
        return new ModelSpec.Vision(
                text(at + "type"),
                integer(at + "width"),
                integer(at + "depth"),
                integer(at + "heads"),
                integer(at + "mlp"),
                integer(at + "patch"),
                text(at + "pool"),
                constant(ModelSpec.Positions.class, at + "positions"),
                integer(at + "position_side"),
                flag(at + "final_norm"),
                adapter(at + "adapter"));
    }

    private ModelSpec.@Nullable Adapter adapter(String at) {
        if (v.has(at)) {
            return null;
        }
        return new ModelSpec.Adapter(
                integer(at + ".hidden"), integer(at + ".units"), integer(at + ".out"), integer(at + ".mlp"));
    }

    private ModelSpec.Ps3 ps3() {
        String at = "model.ps3.";
        return new ModelSpec.Ps3(
                requireNonNull(integers(at + "scales")),
                select(),
                flag(at + "low_res_kv_cache"),
                flag(at + "separate_pos_emb"),
                flag(at + "resize_antialias"));
    }

    private ModelSpec.Select select() {
        String at = "model.ps3.select.";
        return new ModelSpec.Select(
                constant(ModelSpec.Strategy.class, at + "strategy"),
                requireNonNull(integers(at + "from_layers")),
                integer(at + "max_tokens"),
                integers(at + "per_scale"),
                highresFeature(at + "highres_feature"),
                constant(ModelSpec.Smooth.class, at + "smooth"),
                real(at + "temperature"),
                constant(ModelSpec.ScoreMaps.class, at + "score_maps"),
                integer(at + "first_scales"),
                constant(ModelSpec.Budgets.class, at + "budgets"),
                constant(ModelSpec.Ties.class, at + "ties"));
    }

    private ModelSpec.@Nullable HighresFeature highresFeature(String at) {
        if (v.has(at)) {
            return null; // given or left as `none`; otherwise its keys are there instead
        }
        return new ModelSpec.HighresFeature(
                integer(at + ".resolution"),
                integer(at + ".hidden"),
                integer(at + ".out"),
                integer(at + ".depth"),
                integer(at + ".kernel"),
                text(at + ".fusion"));
    }

    private ModelSpec.Text textTower() {
        String at = "model.text.";
        return new ModelSpec.Text(
                text(at + "type"),
                integer(at + "width"),
                integer(at + "depth"),
                integer(at + "heads"),
                integer(at + "mlp"),
                integer(at + "context"),
                integer(at + "vocab"),
                text(at + "pool"),
                constant(ModelSpec.Gelu.class, at + "gelu"),
                flag(at + "causal"),
                real(at + "norm_eps"),
                flag(at + "proj_bias"));
    }

    /// An encoder without selection maps leaves the recall of selection out of the default.
    private List<String> tasks() {
        Values.Value given = v.all().get("eval.tasks");
        boolean fallback = given == null || given.node() == null;
        List<String> tasks = texts("eval.tasks");
        return !fallback || text("model.encoder.type").equals("ps3")
                ? tasks
                : tasks.stream().filter(t -> !t.equals("selection-recall")).toList();
    }

    private ModelSpec.Encoder encoder() {
        String at = "model.encoder.";
        return switch (text(at + "type")) {
            case "s2" -> new ModelSpec.S2(constant(ModelSpec.GridSize.class, at + "size"));
            case "anyres" ->
                new ModelSpec.AnyRes(
                        integer(at + "max_tiles"),
                        constant(ModelSpec.TileRule.class, at + "grid"),
                        constant(ModelSpec.Merge.class, at + "merge"));
            default -> new ModelSpec.SelectedPatches();
        };
    }

    private DataSpec data() {
        String at = "data.captions.";
        DataSpec.Captions captions = new DataSpec.Captions(
                real(at + "global_prob"),
                flag(at + "sentence_masking"),
                integer(at + "boxes_per_image"),
                integer(at + "elements_per_image"));
        return new DataSpec(source(), captions, preprocess(), tokenizer());
    }

    private DataSpec.Tokenizer tokenizer() {
        String at = "data.tokenizer.";
        return switch (text(at + "type")) {
            case "bpe" -> new DataSpec.Bpe(optional(at + "vocab"));
            case "huggingface" ->
                new DataSpec.HuggingFace(
                        text(at + "file"),
                        text(at + "sha256"),
                        text(at + "eos"),
                        text(at + "pad"),
                        constant(DataSpec.Clean.class, at + "clean"));
            default -> new DataSpec.Words();
        };
    }

    private @Nullable Integer optional(String path) {
        Long value = v.whole(path);
        return value == null ? null : Math.toIntExact(value);
    }

    private DataSpec.Source source() {
        String at = "data.train.";
        if (text(at + "type").equals("image-text-box")) {
            return new DataSpec.ImageTextBox(
                    text(at + "images"), text(at + "text_boxes"), flag(at + "resample"), integer(at + "shuffle"));
        }
        if (text(at + "type").equals("shard-mix")) {
            return new DataSpec.ShardMix(
                    texts(at + "image_sets"),
                    texts(at + "text_box_sets"),
                    v.reals(at + "weights"),
                    flag(at + "resample"),
                    integer(at + "shuffle"));
        }
        return new DataSpec.Scenes(
                integer(at + "size"),
                integer(at + "concepts"),
                texts(at + "styles"),
                integer(at + "large"),
                integer(at + "medium"),
                integer(at + "small"),
                text(at + "backgrounds"),
                text(at + "pictures"),
                whole(at + "seed"));
    }

    private DataSpec.Preprocess preprocess() {
        String at = "data.preprocess.";
        return new DataSpec.Preprocess(
                real(at + "mean"), real(at + "std"), reals(at + "crop_area"), reals(at + "crop_aspect"));
    }

    private LossSpec loss() {
        String at = "loss.contrast.";
        LossSpec.Contrast contrast = new LossSpec.Contrast(
                text(at + "type"), real(at + "weight"), real(at + "init_scale"), real(at + "init_bias"));
        return new LossSpec(
                contrast,
                constant(LossSpec.PoolTokens.class, "loss.pool_tokens"),
                constant(LossSpec.SelectWith.class, "loss.select_with"),
                new LossSpec.Box(
                        real("loss.box.prior"),
                        real("loss.box.posterior"),
                        text("loss.box.type"),
                        constant(LossSpec.PriorTarget.class, "loss.box.prior_target")));
    }

    private OptimSpec optim() {
        return new OptimSpec(
                text("optim.type"),
                real("optim.lr"),
                reals("optim.betas"),
                real("optim.eps"),
                real("optim.weight_decay"),
                real("optim.grad_clip"),
                constant(OptimSpec.Trained.class, "optim.train"));
    }

    private RunSpec run() {
        return new RunSpec(
                constant(RunSpec.Backend.class, "run.backend"),
                constant(RunSpec.Gemm.class, "run.gemm"),
                integer("run.threads"),
                constant(RunSpec.ActivationCheckpointing.class, "run.activation_checkpointing"),
                integer("run.log_every"),
                real("run.max_bad_samples"),
                new RunSpec.Checkpoint(duration("run.checkpoint.every"), integer("run.checkpoint.keep")));
    }

    private String text(String path) {
        return requireNonNull(v.text(path), path);
    }

    private long whole(String path) {
        return requireNonNull(v.whole(path), path);
    }

    private int integer(String path) {
        return Math.toIntExact(whole(path));
    }

    private double real(String path) {
        return requireNonNull(v.real(path), path);
    }

    private boolean flag(String path) {
        return requireNonNull(v.flag(path), path);
    }

    private Duration duration(String path) {
        return requireNonNull(v.duration(path), path);
    }

    private List<String> texts(String path) {
        return requireNonNull(v.texts(path), path);
    }

    private List<Double> reals(String path) {
        return requireNonNull(v.reals(path), path);
    }

    private <E extends Enum<E>> E constant(Class<E> type, String path) {
        return requireNonNull(type.cast(v.constant(path)), path);
    }

    private @Nullable List<Integer> integers(String path) {
        List<Long> values = v.wholes(path);
        if (values == null) {
            return null;
        }
        List<Integer> integers = new ArrayList<>();
        for (long value : values) {
            integers.add(Math.toIntExact(value));
        }
        return List.copyOf(integers);
    }
}
