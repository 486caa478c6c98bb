package dev.fovea.dsl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// Specs and methods that several tests share.
final class Specs {
    /// Every required key and nothing else.
    static final String MINIMAL = """
            fovea: v1
            name: minimal
            model:
              vision: {width: 128, depth: 4, heads: 4, mlp: 384, patch: 8}
              ps3:
                scales: [64, 128, 256]
                select: {from_layers: [1, 3], max_tokens: 160}
              text: {width: 96, depth: 2, heads: 4, mlp: 384, context: 12, vocab: 512}
            data:
              train: {type: scenes, size: 256}
            optim: {lr: 1e-3}
            schedule: {length: 400st}
            batch: {global: 32}
            """;

    private Specs() {}

    static ResolvedSpec read(String yaml, String... overrides) {
        return SpecReader.readText(yaml, Path.of("spec.yaml"), List.of(overrides));
    }

    static ResolvedSpec read(String yaml, Map<String, String> environment, String... overrides) {
        return SpecReader.readText(yaml, Path.of("spec.yaml"), List.of(overrides), environment::get);
    }

    /// The headlines of all problems of a spec that must not be valid.
    static List<String> problems(String yaml, String... overrides) {
        try {
            ResolvedSpec spec = read(yaml, overrides);
            return fail("valid, key " + spec.key() + ":\n" + yaml);
        } catch (SpecException e) {
            return e.problems().stream().map(SpecProblem::headline).toList();
        }
    }

    /// The problems of the minimal spec with overrides.
    static List<String> problemsOf(String... overrides) {
        return problems(MINIMAL, overrides);
    }

    static List<String> warnings(ResolvedSpec spec) {
        return spec.warnings().stream().map(SpecProblem::headline).toList();
    }

    /// The files with this ending in a folder of test resources, sorted.
    static Stream<Path> resources(String folder, String ending) {
        try (Stream<Path> files = Files.list(resource(folder))) {
            return files.filter(file -> file.toString().endsWith(ending)).sorted().toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// A path in the module's test resources.
    static Path resource(String path) {
        return module().resolve("src/test/resources").resolve(path);
    }

    /// The project's root folder.
    static Path project() {
        return module().resolve("..").normalize();
    }

    private static Path module() {
        Path here = Path.of("").toAbsolutePath();
        return Files.exists(here.resolve("src/test/resources/specs")) ? here : here.resolve("dsl");
    }

    static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Compares with a recorded text. `-Dgolden.update=true` records it anew instead.
    static void assertGolden(Path file, String actual) {
        try {
            if (Boolean.getBoolean("golden.update")) {
                Files.writeString(file, actual);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        assertThat(actual)
                .as("recorded in %s; -Dgolden.update=true records anew", file)
                .isEqualTo(text(file));
    }
}
