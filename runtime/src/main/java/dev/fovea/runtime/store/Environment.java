package dev.fovea.runtime.store;

import com.sun.management.OperatingSystemMXBean;
import dev.fovea.dsl.run.AtomicFiles;
import dev.fovea.dsl.run.Owner;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The facts about machine, software and code that a result may depend on: `environment.json` of a run folder.
///
/// Environment variables are stored by an allow-list (`SLURM_*`, `CUDA_VISIBLE_DEVICES`, `FOVEA_*`), and none whose
/// name or
/// value looks like a secret.
public final class Environment {
    private static final JsonMapper JSON = JsonMapper.shared();

    private final ObjectNode facts;

    private Environment(ObjectNode facts) {
        this.facts = facts;
    }

    /// Collects the facts of this process.
    ///
    /// @param workingFolder folder whose git checkout, if it is one, holds the code and specs in use
    /// @param extra further facts such as backend, matrix provider and data digests, in the caller's order
    public static Environment collect(Path workingFolder, Map<String, String> extra) {
        return collect(workingFolder, extra, System.getenv());
    }

    static Environment collect(Path workingFolder, Map<String, String> extra, Map<String, String> variables) {
        ObjectNode facts = JSON.createObjectNode();
        facts.put("collected", Instant.now().toString());
        facts.putObject("fovea").put("version", version());
        java(facts.putObject("java"));
        machine(facts);
        GitFacts.of(workingFolder).ifPresent(git -> git(facts.putObject("git"), git));
        ObjectNode allowed = facts.putObject("env");
        new TreeMap<>(variables).forEach((name, value) -> {
            if (allowed(name)) {
                allowed.put(name, Secrets.redact(value));
            }
        });
        ObjectNode more = facts.putObject("run");
        extra.forEach((name, value) -> more.put(name, Secrets.redact(value)));
        return new Environment(facts);
    }

    /// Version of this build; `development` when it runs from compiled classes.
    public static String version() {
        try (InputStream in =
                Environment.class.getResourceAsStream("/META-INF/maven/dev.fovea/fovea-runtime/pom.properties")) {
            if (in == null) {
                return "development";
            }
            Properties properties = new Properties();
            properties.load(in);
            return properties.getProperty("version", "development");
        } catch (IOException _) {
            return "development";
        }
    }

    /// The facts as indented JSON.
    public String json() {
        return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(facts) + "\n";
    }

    /// Writes the facts to a file.
    ///
    /// @throws dev.fovea.dsl.run.StoreException if it cannot be written
    public void write(Path file) {
        AtomicFiles.write(file, json().getBytes(StandardCharsets.UTF_8));
    }

    static boolean allowed(String name) {
        boolean listed = name.startsWith("SLURM_") || name.startsWith("FOVEA_") || name.equals("CUDA_VISIBLE_DEVICES");
        return listed && !Secrets.secretName(name);
    }

    private static void java(ObjectNode java) {
        java.put("vendor", System.getProperty("java.vendor"))
                .put("version", System.getProperty("java.runtime.version"))
                .put("vm", System.getProperty("java.vm.name"));
        ArrayNode flags = java.putArray("flags");
        ManagementFactory.getRuntimeMXBean().getInputArguments().forEach(flag -> flags.add(Secrets.redactFlag(flag)));
        ArrayNode collectors = java.putArray("gc");
        ManagementFactory.getGarbageCollectorMXBeans().stream()
                .map(GarbageCollectorMXBean::getName)
                .forEach(collectors::add);
    }

    private static void machine(ObjectNode facts) {
        facts.putObject("os")
                .put("name", System.getProperty("os.name"))
                .put("version", System.getProperty("os.version"))
                .put("arch", System.getProperty("os.arch"));
        facts.putObject("cpu")
                .put("model", cpuModel())
                .put("cores", Runtime.getRuntime().availableProcessors());
        ObjectNode memory = facts.putObject("memory");
        memory.put("maxHeapBytes", Runtime.getRuntime().maxMemory());
        if (ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system) {
            memory.put("totalBytes", system.getTotalMemorySize());
        }
        facts.put("host", Owner.current().host());
    }

    /// Model name of the processor; the architecture where the system does not tell.
    public static String cpuModel() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
            return lines.filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse(System.getProperty("os.arch"));
        } catch (IOException | UncheckedIOException _) {
            return System.getProperty("os.arch");
        }
    }

    private static void git(ObjectNode node, GitFacts git) {
        node.put("commit", git.commit())
                .put("branch", git.branch())
                .put("dirty", git.dirty())
                .put("patch", git.patch())
                .put("patchCut", git.patchCut())
                .put("untrackedCount", git.untrackedCount());
        ObjectNode untracked = node.putObject("untracked");
        git.untracked().forEach(untracked::put);
    }
}
