package dev.fovea.bin.bench;

import dev.fovea.bin.Fovea;
import dev.fovea.dsl.ResolvedSpec;
import dev.fovea.dsl.SpecReader;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `[SPEC] [-s key=value...]`, for benches that have a spec of their own.
final class BenchSpec {
    private static final String DEFAULT = "experiments/quickstart.yaml";

    @Parameters(index = "0", arity = "0..1", paramLabel = "SPEC", description = "a YAML file (default: the quickstart)")
    private @Nullable Path file;

    @Option(
            names = {"-s", "--set"},
            paramLabel = "key=value",
            description = "a value to use instead, as in batch.global=8; may be repeated")
    private List<String> settings = List.of();

    /// Reads the spec that was named, or the one that ships.
    ///
    /// @throws dev.fovea.dsl.SpecException if it is not valid
    ResolvedSpec read(Fovea fovea) {
        Path given = file;
        Path spec = given == null ? Path.of(System.getProperty("fovea.home", ""), DEFAULT) : fovea.input(given);
        return SpecReader.read(spec, settings);
    }
}
