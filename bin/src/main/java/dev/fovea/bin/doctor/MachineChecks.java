package dev.fovea.bin.doctor;

import com.sun.management.OperatingSystemMXBean;
import dev.fovea.bin.terminal.Quantities;
import dev.fovea.kernels.TornadoProbe;
import dev.fovea.runtime.exec.cpu.onednn.OneDnn;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/// The machine: cores, memory, matrix products, disk, tools, TornadoVM.
public final class MachineChecks {
    private MachineChecks() {}

    /// Everything about the machine.
    ///
    /// @param runs folder that runs are written to; it need not exist
    /// @param environment variables of the process
    public static List<Check> all(Path runs, Map<String, String> environment) {
        return List.of(cores(), memory(), gemm(), disk(runs), git(environment), tornado(environment));
    }

    private static Check cores() {
        int cores = Runtime.getRuntime().availableProcessors();
        return Check.good("cores", cores + " (" + processor() + ")");
    }

    private static String processor() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
            return lines.filter(line -> line.startsWith("model name"))
                    .findFirst()
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .orElse(System.getProperty("os.arch"));
        } catch (IOException | java.io.UncheckedIOException _) {
            return System.getProperty("os.arch");
        }
    }

    private static Check memory() {
        OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        long total = system.getTotalMemorySize();
        String fact = Quantities.bytes(total) + ", " + Quantities.bytes(system.getFreeMemorySize()) + " unused";
        return total >= 3L << 30
                ? Check.good("memory", fact)
                : Check.note("memory", fact, "the quickstart needs about 2 GiB");
    }

    private static Check gemm() {
        return gemm(OneDnn.find());
    }

    static Check gemm(OneDnn found) {
        return switch (found) {
            case OneDnn.Usable usable ->
                Check.good(
                        "gemm",
                        usable.describe() + (usable.bf16() ? "" : "; bf16 is no faster than fp32 on this processor"));
            case OneDnn.Missing missing ->
                Check.note(
                        "gemm",
                        "java; oneDNN cannot be used: " + missing.reason(),
                        "nothing is lost but speed: oneDNN multiplies matrices about a quarter faster");
        };
    }

    static Check disk(Path runs) {
        Path existing = runs.toAbsolutePath();
        while (!Files.exists(existing) && existing.getParent() != null) {
            existing = Objects.requireNonNull(existing.getParent());
        }
        try {
            long usable = Files.getFileStore(existing).getUsableSpace();
            String fact = Quantities.bytes(usable) + " free for " + runs;
            if (!Files.isDirectory(existing) || !Files.isWritable(existing)) {
                return Check.bad("disk", "cannot write to " + existing, "choose another folder with --runs");
            }
            return usable >= 1L << 30 ? Check.good("disk", fact) : Check.note("disk", fact, "a run may need 1 GiB");
        } catch (IOException e) {
            return Check.bad(
                    "disk", "cannot look at " + existing + ": " + e.getMessage(), "choose another folder with --runs");
        }
    }

    static Check git(Map<String, String> environment) {
        for (String folder : environment.getOrDefault("PATH", "").split(":")) {
            if (!folder.isEmpty() && Files.isExecutable(Path.of(folder, "git"))) {
                return Check.good("git", folder + "/git");
            }
        }
        return Check.note("git", "not on PATH", "install git, so that runs record the commit they were made from");
    }

    static Check tornado(Map<String, String> environment) {
        return switch (TornadoProbe.probe(environment, MachineChecks.class.getClassLoader())) {
            case TornadoProbe.Usable usable -> Check.good("tornado", String.join("; ", usable.devices()));
            case TornadoProbe.Missing missing -> Check.note("tornado", missing.fact(), missing.hint());
        };
    }
}
