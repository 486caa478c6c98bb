package dev.fovea.dsl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Whatever the text, the reader answers with a spec or with problems that have a place: never with another
/// exception,
/// and never not at all. `-Dfuzz.seed=N -Dfuzz.cases=N` replays or widens the search.
@Timeout(value = 300, unit = TimeUnit.SECONDS)
class FuzzTest {
    private static final long SEED = Long.getLong("fuzz.seed", 20261122L);
    private static final int CASES = Integer.getInteger("fuzz.cases", 2400);

    private static final List<String> TOKENS = List.of(
            "{",
            "}",
            "[",
            "]",
            ":",
            ": ",
            ",",
            "- ",
            "? ",
            "|",
            ">",
            "|2-",
            "&a",
            "*a",
            "!",
            "!!str ",
            "!<x> ",
            "%YAML 1.2",
            "%TAG ! x",
            "---",
            "...",
            "\n",
            "\t",
            " ",
            "  ",
            "\"",
            "'",
            "\\",
            "\\u0000",
            "#",
            " #",
            "<<: *a",
            "<<",
            "~",
            "null",
            "true",
            "no",
            ".nan",
            "-.inf",
            "0x7fffffffffffffff",
            "1e999",
            "-0.0",
            "99999999999999999999999",
            "1_000",
            "12:30:00",
            "${vars.x}",
            "${vars.x[0]}",
            "${vars.",
            "${env:HOME}",
            "$${",
            "${",
            "}",
            "extends: a.yaml",
            "extends: .",
            "extends: \"\\0\"",
            "vars: {x: 1}",
            "vars: {x: \"${vars.x}\"}",
            "75M",
            "1500st",
            "2ep",
            "30min",
            "kst",
            "auto",
            "none",
            "end",
            "type: scenes",
            "type: image-text-box",
            "\uFEFF",
            "\u0085",
            "\u2028",
            "\uD83D\uDE00",
            "\uD800",
            "\u0000",
            "\u0007",
            "é",
            "٣",
            "a: b: c",
            "@",
            "`",
            "=",
            "\r",
            "\r\n",
            "max_tokens",
            "scales: []",
            "[[[[[[[[",
            "{{{{{{{{",
            "? ? ? ?",
            "- - - - -",
            "!!binary",
            "\"\\x41\"",
            "\"\\U00110000\"",
            "\"\\q\"",
            "''''");

    private static List<String> corpus() {
        List<String> corpus = new ArrayList<>(List.of(Specs.MINIMAL, "", "a: 1\n"));
        for (String folder : new String[] {"specs/good", "specs/bad"}) {
            Specs.resources(folder, ".yaml").forEach(file -> corpus.add(Specs.text(file)));
        }
        corpus.add(Specs.text(Specs.project().resolve("experiments/ps3/base/pretrain.yaml")));
        for (int i = 0; i < 4; i++) { // most mutants of these are close to valid
            corpus.add(Specs.MINIMAL);
            Specs.resources("specs/good", ".yaml").forEach(file -> corpus.add(Specs.text(file)));
        }
        corpus.add(Specs.MINIMAL + "vars: {x: &a [1, 2], y: *a, z: \"${vars.x[1]}\"}\nseed: ${vars.z}\n");
        return corpus;
    }

    @Test
    void mutatedSpecs() {
        List<String> corpus = corpus();
        int valid = 0;
        for (int i = 0; i < CASES; i++) {
            Random random = new Random(SEED * 1_000_003 + i);
            String text = corpus.get(random.nextInt(corpus.size()));
            int mutations = 1 + random.nextInt(random.nextInt(4) == 0 ? 20 : 3);
            for (int k = 0; k < mutations; k++) {
                text = mutated(text, random);
            }
            valid += accepts(text, List.of(), "seed " + SEED + ", case " + i) ? 1 : 0;
        }
        assertThat(valid).as("valid specs among the mutants, seed %d", SEED).isBetween(CASES / 100, CASES / 2);
    }

    @Test
    void randomText() {
        for (int i = 0; i < CASES / 2; i++) {
            Random random = new Random(SEED * 7_368_787 + i);
            StringBuilder text = new StringBuilder(random.nextBoolean() ? "fovea: v1\n" : "");
            int length = random.nextInt(40);
            for (int k = 0; k < length; k++) {
                text.append(
                        random.nextInt(5) == 0 ? randomCharacter(random) : TOKENS.get(random.nextInt(TOKENS.size())));
            }
            accepts(text.toString(), List.of(), "seed " + SEED + ", random case " + i);
        }
    }

    @Test
    void randomOverrides() {
        List<String> keys = SpecGuide.lines().stream().map(SpecGuide.Line::path).toList();
        for (int i = 0; i < CASES / 2; i++) {
            Random random = new Random(SEED * 15_485_863 + i);
            List<String> overrides = new ArrayList<>();
            int number = random.nextInt(4);
            for (int k = 0; k <= number; k++) {
                String key = keys.get(random.nextInt(keys.size()));
                String value = TOKENS.get(random.nextInt(TOKENS.size()))
                        + (random.nextBoolean() ? TOKENS.get(random.nextInt(TOKENS.size())) : "");
                String override = key + (random.nextInt(10) == 0 ? "" : "=") + value;
                overrides.add(random.nextInt(5) == 0 ? mutated(override, random) : override);
            }
            accepts(Specs.MINIMAL, overrides, "seed " + SEED + ", overrides case " + i + " " + overrides);
        }
    }

    @Test
    void damagedFiles(@TempDir Path folder) throws Exception {
        List<String> corpus = corpus();
        Path file = folder.resolve("x.yaml");
        for (int i = 0; i < CASES / 8; i++) {
            Random random = new Random(SEED * 32_452_843 + i);
            byte[] bytes = corpus.get(random.nextInt(corpus.size())).getBytes(StandardCharsets.UTF_8);
            for (int k = 0; bytes.length > 0 && k < 3; k++) {
                bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
            }
            Files.write(file, random.nextInt(20) == 0 ? Arrays.copyOf(bytes, random.nextInt(bytes.length + 1)) : bytes);
            try {
                SpecReader.read(file, List.of());
            } catch (SpecException e) {
                check(e, "seed " + SEED + ", file case " + i);
            } catch (RuntimeException | StackOverflowError e) {
                fail("seed " + SEED + ", file case " + i, e);
            }
        }
    }

    @Test
    void monsters() {
        List<String> monsters = List.of(
                "[".repeat(500_000),
                "{a: ".repeat(200_000),
                "a:\n" + " ".repeat(900_000) + "b",
                "? ".repeat(200_000),
                "- ".repeat(300_000),
                "a: " + "x".repeat(900_000),
                "\"" + "\\u0041".repeat(150_000) + "\": 1",
                "a: 1\n".repeat(150_000),
                "&a ".repeat(200_000),
                "!".repeat(500_000),
                "#".repeat(900_000),
                "\n".repeat(900_000) + "a: @",
                "seed: " + "9".repeat(900_000),
                "optim: {lr: 0." + "0".repeat(900_000) + "1}",
                "a: 'x\n" + "\n".repeat(500_000),
                "vars: {" + "a: 1, ".repeat(100_000) + "}");
        for (int i = 0; i < monsters.size(); i++) {
            assertThat(accepts(monsters.get(i), List.of(), "monster " + i)).isFalse();
        }
    }

    /// Whether the text is a valid spec; fails on anything but a spec or a proper report.
    private static boolean accepts(String text, List<String> overrides, String which) {
        try {
            ResolvedSpec spec = SpecReader.readText(
                    text, Path.of("fuzz.yaml"), overrides, name -> "HOME".equals(name) ? "x" : null);
            ResolvedSpec again = SpecReader.readText(spec.yaml(true), Path.of("again.yaml"), List.of(), name -> "x");
            assertThat(again.key()).as(which + "\n" + text).isEqualTo(spec.key());
            return true;
        } catch (SpecException e) {
            check(e, which + "\n" + head(text));
            return false;
        } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
            return fail(which + "\n" + head(text), e);
        }
    }

    private static void check(SpecException e, String which) {
        assertThat(e.problems()).as(which).isNotEmpty();
        String report = e.report(false);
        assertThat(report)
                .as(which)
                .endsWith(e.problems().size() == 1 ? "1 problem\n" : "problems\n")
                .hasSizeLessThan(200_000);
        for (SpecProblem problem : e.problems()) {
            assertThat(problem.message()).as(which).isNotBlank().hasSizeLessThan(600);
            assertThat(problem.excerpt().lines().allMatch(line -> line.length() < 160))
                    .as(which)
                    .isTrue();
            boolean placed = problem.line() >= 1 && problem.column() >= 1;
            assertThat(placed || problem.line() == 0).as(which + " " + problem).isTrue();
        }
    }

    private static String head(String text) {
        return text.length() <= 3000 ? text : text.substring(0, 3000) + "...";
    }

    private static String mutated(String text, Random random) {
        int at = text.isEmpty() ? 0 : random.nextInt(text.length());
        List<String> lines = new ArrayList<>(text.lines().toList());
        int line = lines.isEmpty() ? 0 : random.nextInt(lines.size());
        switch (random.nextInt(lines.isEmpty() ? 3 : 8)) {
            case 0 -> {
                return text.substring(0, at)
                        + randomCharacter(random)
                        + text.substring(Math.min(text.length(), at + 1));
            }
            case 1 -> {
                return text.substring(0, at) + TOKENS.get(random.nextInt(TOKENS.size())) + text.substring(at);
            }
            case 2 -> {
                int end = Math.min(text.length(), at + random.nextInt(12));
                return text.substring(0, at) + text.substring(end);
            }
            case 3 -> lines.remove(line);
            case 4 -> lines.add(line, lines.get(random.nextInt(lines.size())));
            case 5 -> Collections.swap(lines, line, random.nextInt(lines.size()));
            case 6 ->
                lines.set(line, " ".repeat(random.nextInt(3)) + lines.get(line).strip());
            default -> lines.set(line, swappedWords(lines.get(line), random));
        }
        return String.join("\n", lines) + "\n";
    }

    private static String swappedWords(String line, Random random) {
        List<String> words = new ArrayList<>(List.of(line.split("(?<=[ ,:{\\[])")));
        Collections.swap(words, random.nextInt(words.size()), random.nextInt(words.size()));
        if (random.nextInt(3) == 0) {
            words.set(random.nextInt(words.size()), TOKENS.get(random.nextInt(TOKENS.size())));
        }
        return String.join("", words);
    }

    private static String randomCharacter(Random random) {
        return switch (random.nextInt(4)) {
            case 0 -> String.valueOf((char) random.nextInt(128));
            case 1 -> String.valueOf((char) random.nextInt(65536));
            default -> String.valueOf((char) (32 + random.nextInt(95)));
        };
    }
}
