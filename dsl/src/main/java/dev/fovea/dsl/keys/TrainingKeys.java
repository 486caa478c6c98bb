package dev.fovea.dsl.keys;

import static dev.fovea.dsl.spec.Duration.Unit.EPOCHS;
import static dev.fovea.dsl.spec.Duration.Unit.SAMPLES;
import static dev.fovea.dsl.spec.Duration.Unit.STEPS;

import dev.fovea.dsl.spec.BatchSpec;
import dev.fovea.dsl.spec.Duration;
import dev.fovea.dsl.spec.EvalSpec;
import dev.fovea.dsl.spec.LossSpec;
import dev.fovea.dsl.spec.OptimSpec;
import dev.fovea.dsl.spec.PrecisionSpec;
import dev.fovea.dsl.spec.ScheduleSpec;
import java.util.List;

/// The keys under `loss`, `optim`, `schedule`, `batch`, `precision` and `eval`.
final class TrainingKeys {
    private TrainingKeys() {}

    static void fill(Table t) {
        loss(t);
        optim(t.of(OptimSpec.class));
        schedule(t.of(ScheduleSpec.class));
        t.of(BatchSpec.class)
                .key("global", "Elements contrasted with each other in one step.")
                .from(1)
                .to(1 << 24)
                .example("8192");
        t.of(PrecisionSpec.class)
                .key(
                        "compute",
                        "Number format of the operands of linear layers, forward and backward; with `bf16` they are"
                                + " rounded to it, and sums, parameters and everything else stay fp32.")
                .oneOf("fp32", "bf16")
                .planned("fp16", "tf32")
                .or("fp32");
        eval(t.of(EvalSpec.class));
    }

    private static void loss(Table t) {
        Table.Of loss = t.of(LossSpec.class);
        loss.key("contrast", "The image-text loss.");
        loss.key("poolTokens", "Which high-resolution tokens are pooled for a region: those inside its box, or all.")
                .or(LossSpec.PoolTokens.INSIDE_BOX);
        loss.key("selectWith", "Which map selects patches while training: the boxes, or the model's own strategy.")
                .or(LossSpec.SelectWith.GROUND_TRUTH);
        loss.key("box", "Supervision of the selection maps by boxes.");
        Table.Of contrast = t.of(LossSpec.Contrast.class);
        contrast.key("type", "Kind of contrast: the pairwise sigmoid of SigLIP.")
                .oneOf("siglip")
                .or("siglip");
        contrast.key("weight", "Weight of the image-text loss.").from(0).or(1.0);
        contrast.key("initScale", "Initial value of exp(logit_scale); training keeps it between 1 and 100.")
                .from(1)
                .to(100)
                .or(10.0);
        contrast.key("initBias", "Initial value of logit_bias.")
                .from(-1000)
                .to(1000)
                .or(-10.0);
        Table.Of box = t.of(LossSpec.Box.class);
        box.key("prior", "Weight of the bottom-up map's loss.").from(0).or(1.0);
        box.key("posterior", "Weight of the top-down map's loss.").from(0).or(1.0);
        box.key("type", "Kind of loss: binary cross-entropy (released code), or that with a DICE term (paper).")
                .oneOf("bce", "bce+dice")
                .or("bce");
        box.key(
                        "priorTarget",
                        "What the bottom-up map is to find: the boxes of the element's caption (released code), or every"
                                + " labelled box of the picture (paper).")
                .or(LossSpec.PriorTarget.SAMPLED_BOX);
    }

    private static void optim(Table.Of t) {
        t.key("type", "Optimizer: AdamW; norms, biases, the logit scale and tensors of rank below 2 do not decay.")
                .oneOf("adamw")
                .or("adamw");
        t.key("lr", "Peak learning rate.").above(0).to(1000).example("5e-6");
        t.key("betas", "Decay rates of the two moments.")
                .from(0)
                .below(1)
                .items(2, 2)
                .or(List.of(0.9, 0.95));
        t.key("eps", "Added to the root of the second moment.").above(0).to(1).or(1e-8);
        t.key("weightDecay", "Decoupled weight decay.").from(0).to(1000).or(3e-4);
        t.key("gradClip", "Largest global gradient norm; `none` for no clipping.")
                .above(0)
                .word("none", 0.0)
                .example("1.0");
        t.key(
                        "train",
                        "Which parameters are trained: `all`, or those of `selection` alone: its projections, the learned"
                                + " prompt, the auxiliary branch and the text prompt's head.")
                .or(OptimSpec.Trained.ALL);
    }

    private static void schedule(Table.Of t) {
        t.key("type", "Learning rate after the warm-up: falling to zero along a cosine, or constant.")
                .oneOf("cosine", "constant")
                .or("cosine");
        t.key("warmup", "Length of the linear warm-up.")
                .unit(STEPS, SAMPLES, EPOCHS)
                .bare(SAMPLES)
                .orZero()
                .or(new Duration(0, STEPS))
                .example("1500st");
        t.key("length", "Length of the run.")
                .unit(STEPS, SAMPLES, EPOCHS)
                .bare(SAMPLES)
                .example("75Msa");
    }

    private static void eval(Table.Of t) {
        t.key("every", "How often to evaluate; the end of the run always counts, and `end` means only then.")
                .unit(STEPS, SAMPLES, EPOCHS)
                .bare(SAMPLES)
                .word(Key.WHOLE_RUN, null)
                .example("5Msa");
        t.key(
                        "tasks",
                        "What to measure: `local-retrieval` ranks captions for a region, `selection-recall` counts the box"
                                + " patches that are selected.")
                .oneOf("local-retrieval", "selection-recall")
                .items(0, 2)
                .or(List.of("local-retrieval", "selection-recall"))
                .example("[local-retrieval]");
        t.key("scenes", "Scenes evaluated in each split.")
                .from(1)
                .to(10_000_000)
                .or(256);
        t.key("gallery", "Captions that each region is ranked against, its own included.")
                .from(2)
                .to(10_000_000)
                .or(100);
        t.key(
                        "maxTokens",
                        "Patches selected in the one look of an evaluation, to test with more or fewer than in training;"
                                + " `train` is model.ps3.select.max_tokens.")
                .from(0)
                .to(1 << 24)
                .word("train", 0)
                .example("729");
    }
}
