package dev.fovea.dsl.keys;

import static dev.fovea.dsl.spec.Duration.Unit.SECONDS;
import static dev.fovea.dsl.spec.Duration.Unit.STEPS;

import dev.fovea.dsl.spec.Duration;
import dev.fovea.dsl.spec.ExperimentSpec;
import dev.fovea.dsl.spec.InitSpec;
import dev.fovea.dsl.spec.RunSpec;
import dev.fovea.dsl.spec.TrackingSpec;

/// The keys of the top level, and those under `run` and `tracking`.
final class RunKeys {
    private RunKeys() {}

    static void fill(Table t) {
        experiment(t.of(ExperimentSpec.class));
        init(t.of(InitSpec.class));
        run(t.of(RunSpec.class));
        Table.Of checkpoint = t.of(RunSpec.Checkpoint.class);
        checkpoint
                .key("every", "Time or steps between two checkpoints.")
                .unit(SECONDS, STEPS)
                .or(new Duration(1800, SECONDS))
                .example("30min");
        checkpoint.key("keep", "Newest checkpoints kept.").from(1).to(1000).or(2);
        Table.Of tracking = t.of(TrackingSpec.class);
        tracking.key("type", "Where metrics go besides the run folder.")
                .oneOf("mlflow", "none")
                .or("mlflow");
        tracking.key("uri", "Tracking server; empty for MLFLOW_TRACKING_URI if it is set, else an `mlruns/` folder.")
                .or("")
                .example("http://127.0.0.1:5000");
        tracking.key("experiment", "Name of the experiment there.")
                .oneLine(100)
                .or("fovea")
                .example("ps3");
    }

    private static void experiment(Table.Of t) {
        t.key("fovea", "Version of the spec language.").oneOf("v1").example("v1");
        t.key("name", "A short name for people. Not part of the run key.")
                .oneLine(100)
                .example("ps3-1.5k-siglip");
        t.key("doc", "What the experiment is for. Not part of the run key.")
                .or("")
                .example("PS3 on my own pictures");
        t.key("model", "The two towers.");
        t.key("init", "Weights that training starts from; `none` for random ones.")
                .word("none", null)
                .example("{from: siglip/, sha256: 64 hexadecimal digits}");
        t.key("data", "Where examples come from and how they become tensors.");
        t.key("loss", "The training objective.");
        t.key("optim", "The optimizer.");
        t.key("schedule", "Learning rate over time, and the length of the run.");
        t.key("batch", "How many elements make a step.");
        t.key("precision", "Number formats.");
        t.key("seed", "Seed of everything random in the run.")
                .from(0)
                .to(Row.LARGEST_SEED)
                .or(0L);
        t.key("eval", "What is measured, and when.");
        t.key("run", "How the run is executed. Not part of the run key.");
        t.key("tracking", "Where metrics go. Not part of the run key.");
    }

    private static void init(Table.Of t) {
        t.key(
                        "from",
                        "A PS3 folder, a SigLIP file or folder, a run folder or one of its checkpoints, relative to the"
                                + " spec's folder. Not part of the run key.")
                .oneLine(4096)
                .example("siglip-so400m/");
        t.key("sha256", "Digest of the weights, as `fovea checkpoint show` prints it; it names them in the run key.")
                .oneLine(64)
                .example("64 hexadecimal digits");
        t.key(
                        "strict",
                        "Both towers must be complete and no weight may be left over; otherwise what is missing starts"
                                + " fresh.")
                .or(true);
    }

    private static void run(Table.Of t) {
        t.key("backend", "Where tensor programs run; `auto` takes a TornadoVM device if there is one, else the CPU.")
                .or(RunSpec.Backend.AUTO);
        t.key("gemm", "Provider of matrix products on the CPU; `auto` takes oneDNN where it loads, else Java.")
                .or(RunSpec.Gemm.AUTO);
        t.key("threads", "Worker threads; `auto` for all cores.")
                .from(1)
                .to(4096)
                .word("auto", 0)
                .example("4");
        t.key(
                        "activationCheckpointing",
                        "`blocks` computes the inside of layers again in the backward pass instead of keeping it: less"
                                + " memory, more time, the same numbers; `auto` does so if the step would not fit into"
                                + " the available memory else.")
                .or(RunSpec.ActivationCheckpointing.AUTO);
        t.key("logEvery", "Steps between two journal records of training metrics.")
                .from(1)
                .to(1_000_000)
                .or(10);
        t.key("maxBadSamples", "Largest share of broken samples before the run stops.")
                .from(0)
                .to(1)
                .or(0.01);
        t.key("checkpoint", "When the state of the run is saved.");
    }
}
