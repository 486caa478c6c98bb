package dev.fovea.bin.bench;

import dev.fovea.bin.Fovea;
import dev.fovea.dsl.run.AtomicFiles;
import dev.fovea.runtime.bench.StepPlan;
import java.io.BufferedReader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.json.JsonMapper;

/// Times one arm in a JVM of its own, started as this one was: so that the most memory it held is its own, and no
/// arm finds code compiled for another.
final class StepChild implements StepRunner {
    private static final JsonMapper JSON = JsonMapper.shared();

    private final Fovea fovea;
    private final List<String> arguments;

    /// @param arguments of `fovea bench step`: the spec, overrides, and how to time
    StepChild(Fovea fovea, List<String> arguments) {
        this.fovea = fovea;
        this.arguments = List.copyOf(arguments);
    }

    @Override
    public StepArm.Found run(StepArm arm, StepPlan.Mode mode) throws IOException, StepFailure {
        Path answer = Files.createTempFile("fovea-step-", ".json");
        try {
            Process process = new ProcessBuilder(command(arm, mode, answer)).start();
            Thread guard = new Thread(process::destroyForcibly);
            Runtime.getRuntime().addShutdownHook(guard);
            String said = lastLine(process);
            int code = process.waitFor();
            Runtime.getRuntime().removeShutdownHook(guard);
            if (code != 0) {
                throw new StepFailure(said.isEmpty() ? "ended with exit code " + code : said);
            }
            return JSON.readValue(Files.readString(answer), StepArm.Found.class);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StepFailure("was interrupted");
        } finally {
            Files.deleteIfExists(answer);
        }
    }

    /// Writes what a child found, for its parent.
    static void answer(StepArm.Found found, Path file) {
        AtomicFiles.write(file, JSON.writeValueAsString(found));
    }

    private List<String> command(StepArm arm, StepPlan.Mode mode, Path answer) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        for (String flag : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
            if (!flag.startsWith("-Dfovea.stderr") && !flag.startsWith("-agentlib")) {
                command.add(flag);
            }
        }
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Fovea.class.getName()));
        command.addAll(List.of("bench", "step"));
        command.addAll(arguments);
        if (!arm.sweep().isEmpty()) {
            command.addAll(List.of("--sweep=" + arm.sweep(), "--point=" + arm.label()));
        }
        command.addAll(List.of("--mode", mode.name().toLowerCase(Locale.ROOT), "--child", answer.toString()));
        return command;
    }

    /// The last line that the process writes to its standard error, which is shown with `-v`.
    private String lastLine(Process process) throws IOException {
        String last = "";
        try (BufferedReader lines = process.errorReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                boolean told = !line.isBlank() && !line.startsWith("WARNING: Using incubator modules");
                last = told ? line.strip() : last;
                if (told && fovea.verbose()) {
                    fovea.err().println(line);
                }
            }
        }
        return last;
    }
}
