package dev.fovea.runtime.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.fovea.runtime.memory.MachineMemory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A short run in a process of its own, started as the launcher starts it: its peak is near what was predicted.
@NullUnmarked
class PeakMemoryTest {
    private static final Pattern RATIO = Pattern.compile("memory: (\\d+) MiB .* \\(ratio ([0-9.]+)\\)");

    @TempDir
    Path folder;

    /// The child process: `folder`.
    static final class Child {
        private Child() {}

        public static void main(String[] arguments) {
            Path folder = Path.of(arguments[0]);
            var spec = TinySpec.read(
                    folder,
                    "model.vision={width: 64, depth: 6, heads: 2, mlp: 256}",
                    "model.ps3.select.max_tokens=80",
                    "batch.global=160",
                    "schedule={length: 2st, warmup: 1st}",
                    "eval={every: end, scenes: 2, gallery: 2}",
                    "run.threads=2",
                    "run.activation_checkpointing=none");
            RunOptions options =
                    new RunOptions(folder.resolve("runs"), Path.of("target/test-cache"), true, 0, Map.of(), "test");
            Experiment.run(spec, options, new Notes());
        }
    }

    /// Prints the notes of a run.
    private static final class Notes implements RunListener {
        @Override
        public void started(RunStart start) {}

        @Override
        public void step(StepReport report) {}

        @Override
        public void progress(String what, long done, long total) {}

        @Override
        public void evaluated(EvalReport report) {}

        @Override
        public void saved(long step, Path checkpoint) {}

        @Override
        public void note(String text) {
            System.out.println(text);
        }

        @Override
        public StopReason stopRequested() {
            return null;
        }
    }

    @Test
    void theMeasuredPeakIsWithin15PercentOfThePredictedOne() throws IOException, InterruptedException {
        assumeThat(MachineMemory.peakOfThisProcess())
                .as("a system that tells peaks")
                .isPresent();
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xms128m",
                "-Xmn96m",
                "-XX:SurvivorRatio=1",
                "-XX:MinHeapFreeRatio=10",
                "-XX:MaxHeapFreeRatio=30",
                "-XX:+UseSerialGC",
                "--add-modules=jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED",
                "--add-opens=java.base/java.nio=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-Djava.awt.headless=true",
                "-cp",
                System.getProperty("java.class.path"),
                Child.class.getName(),
                folder.toString());
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        Matcher found = RATIO.matcher(said);
        assertThat(found.find()).as(said).isTrue();
        assertThat(Integer.parseInt(found.group(1))).as("large enough to tell").isGreaterThan(500);
        assertThat(Double.parseDouble(found.group(2))).as(said).isBetween(0.85, 1.15);
    }
}
