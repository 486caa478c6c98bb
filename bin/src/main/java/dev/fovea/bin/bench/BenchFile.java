package dev.fovea.bin.bench;

import dev.fovea.bin.ExitCode;
import dev.fovea.bin.UserError;
import dev.fovea.dsl.run.AtomicFiles;
import dev.fovea.runtime.bench.MachineRates;
import dev.fovea.runtime.bench.Measurement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The file that `--json` writes and `--compare` reads: one form for all benches (docs/guide/benchmarks.md).
record BenchFile(BenchHeader header, List<Measurement> measurements) {
    /// Raised when a field changes its meaning.
    static final int FORMAT = 1;

    private static final JsonMapper JSON = JsonMapper.shared();

    BenchFile {
        measurements = List.copyOf(measurements);
    }

    /// Writes the whole file, or leaves the old one.
    ///
    /// @throws dev.fovea.dsl.run.StoreException if it cannot be written
    void write(Path file) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        AtomicFiles.write(file, json() + "\n");
    }

    /// The file's text.
    String json() {
        ObjectNode all = JSON.createObjectNode();
        MachineRates machine = header.machine();
        all.put("format", FORMAT)
                .put("bench", header.bench())
                .put("date", header.date())
                .put("fovea", header.fovea())
                .put("commit", header.commit())
                .put("dirty", header.dirty())
                .put("quick", header.quick())
                .put("gemm", header.gemm())
                .put("jvm", machine.jvm())
                .put("cpu", machine.cpu())
                .put("cores", machine.cores())
                .put("threads", machine.threads())
                .put("vector_bits", machine.vectorBits())
                .put("peak_flops_per_second_one_thread", machine.peakOne())
                .put("peak_flops_per_second", machine.peak())
                .put("read_bytes_per_second", machine.readRate())
                .put("triad_bytes_per_second", machine.triadRate());
        ArrayNode list = all.putArray("measurements");
        for (Measurement m : measurements) {
            ObjectNode one = list.addObject();
            one.put("name", m.name())
                    .put("seconds", m.seconds())
                    .put("low", m.low())
                    .put("high", m.high())
                    .put("samples", m.samples())
                    .put("flops", m.flops())
                    .put("bytes", m.bytes());
            ObjectNode facts = one.putObject("facts");
            m.facts().forEach(facts::put);
        }
        return all.toPrettyString();
    }

    /// Reads what [#write] wrote.
    ///
    /// @param shown the file as the user knows it
    /// @throws UserError if there is no such file, or it is not such a file
    static BenchFile read(Path file, String shown) {
        try {
            JsonNode all = JSON.readTree(Files.readString(file));
            int format = all.path("format").asInt(0);
            if (format != FORMAT || !all.path("measurements").isArray()) {
                throw new UserError(
                        ExitCode.USAGE,
                        shown + ": no file of `fovea bench --json` in format " + FORMAT
                                + (format > 0 ? " (it says format " + format + ")" : ""));
            }
            return new BenchFile(header(all), measurements(all.path("measurements")));
        } catch (NoSuchFileException e) {
            throw new UserError(ExitCode.USAGE, shown + ": no such file; `--json FILE` writes one", e);
        } catch (IOException | JacksonException e) {
            throw new UserError(ExitCode.USAGE, shown + ": not readable as a file of `fovea bench --json`", e);
        }
    }

    private static BenchHeader header(JsonNode all) {
        MachineRates machine = new MachineRates(
                all.path("cpu").asString(),
                all.path("cores").asInt(),
                all.path("threads").asInt(),
                all.path("vector_bits").asInt(),
                all.path("jvm").asString(),
                all.path("peak_flops_per_second_one_thread").asDouble(),
                all.path("peak_flops_per_second").asDouble(),
                all.path("read_bytes_per_second").asDouble(),
                all.path("triad_bytes_per_second").asDouble());
        return new BenchHeader(
                all.path("bench").asString(),
                all.path("date").asString(),
                all.path("fovea").asString(),
                all.path("commit").asString(),
                all.path("dirty").asBoolean(),
                all.path("gemm").asString(),
                all.path("quick").asBoolean(),
                machine);
    }

    private static List<Measurement> measurements(JsonNode list) {
        List<Measurement> all = new ArrayList<>();
        for (JsonNode one : list) {
            LinkedHashMap<String, String> facts = new LinkedHashMap<>();
            one.path("facts")
                    .properties()
                    .forEach(fact -> facts.put(fact.getKey(), fact.getValue().asString()));
            all.add(new Measurement(
                    one.path("name").asString(),
                    one.path("seconds").asDouble(),
                    one.path("low").asDouble(),
                    one.path("high").asDouble(),
                    one.path("samples").asInt(),
                    one.path("flops").asLong(),
                    one.path("bytes").asLong(),
                    facts));
        }
        return all;
    }
}
