package dev.fovea.bin.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// Rules about the text of the sources, checked by walking it.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SourceRulesTest {
    private static final Path PROJECT = Path.of("..").toAbsolutePath().normalize();
    private static final int LONGEST_FILE = 400;
    private static final int LONGEST_LINE = 150;
    private static final Pattern PUBLIC_TYPE = Pattern.compile(
            "^ *(public |protected )(static |sealed |non-sealed |final |abstract |strictfp )*(class|interface|record|enum|@interface) \\w+.*");
    private static final Pattern ANNOTATION = Pattern.compile("^ *@.*|^ *[)}].*|^ {8,}.*");
    private static final Pattern MACHINE = Pattern.compile("/(home|root|Users|work|tmp)/[a-z]");

    private List<Path> sources = List.of();

    @BeforeAll
    void findSources() throws IOException {
        try (Stream<Path> modules = Files.list(PROJECT)) {
            List<Path> found = new ArrayList<>();
            for (Path module : modules.sorted().toList()) {
                if (Files.isDirectory(module.resolve("src"))) {
                    try (Stream<Path> files = Files.walk(module.resolve("src"))) {
                        files.filter(file -> file.toString().endsWith(".java"))
                                .sorted()
                                .forEach(found::add);
                    }
                }
            }
            sources = List.copyOf(found);
        }
    }

    @Test
    void seesTheSourcesOfAllModules() {
        assertThat(sources.stream()
                        .map(file -> PROJECT.relativize(file).getName(0).toString())
                        .distinct())
                .contains("dsl", "datasets", "runtime", "kernels-tornado", "reports", "bin");
    }

    @Test
    void filesAreShort() throws IOException {
        List<String> found = new ArrayList<>();
        for (Path file : sources) {
            int lines = Files.readAllLines(file).size();
            if (lines > LONGEST_FILE) {
                found.add(name(file) + ": " + lines + " lines, at most " + LONGEST_FILE);
            }
        }
        assertThat(found).isEmpty();
    }

    @Test
    void linesHaveNoTabs() throws IOException {
        assertThat(lines(sources, line -> line.indexOf('\t') >= 0)).isEmpty();
    }

    @Test
    void linesFitAScreen() throws IOException {
        List<Path> programs = sources.stream()
                .filter(file -> file.toString().contains("/src/main/"))
                .toList();
        assertThat(lines(programs, line -> line.length() > LONGEST_LINE)).isEmpty();
    }

    @Test
    void noFolderOfSomeMachineIsNamed() throws IOException {
        assertThat(lines(
                        sources,
                        line -> MACHINE.matcher(line).find()
                                && !line.contains("MACHINE = ")
                                && !line.contains("fixture: not a real folder")))
                .isEmpty();
    }

    @Test
    void everyPublicTypeSaysWhatItIsFor() throws IOException {
        List<String> found = new ArrayList<>();
        for (Path file : sources) {
            List<String> lines = file.toString().contains("/src/main/") ? Files.readAllLines(file) : List.of();
            for (int i = 0; i < lines.size(); i++) {
                if (PUBLIC_TYPE.matcher(lines.get(i)).matches() && !documented(lines, i)) {
                    found.add(name(file) + ":" + (i + 1) + ": " + lines.get(i).strip());
                }
            }
        }
        assertThat(found).isEmpty();
    }

    @Test
    void testClassesHaveNamesThatAreRun() throws IOException {
        List<String> found = new ArrayList<>();
        for (Path file : sources) {
            boolean hasTests = Files.readString(file)
                    .matches("(?s).*\\n\\s*@(Test|ParameterizedTest|RepeatedTest|TestFactory)\\b.*");
            if (hasTests && !file.toString().endsWith("Test.java")) {
                found.add(name(file));
            }
        }
        assertThat(found).isEmpty();
    }

    private static boolean documented(List<String> lines, int declaration) {
        int line = declaration - 1;
        while (line >= 0
                && !lines.get(line).isBlank()
                && !lines.get(line).strip().startsWith("///")) {
            if (!ANNOTATION.matcher(lines.get(line)).matches()) {
                return false;
            }
            line--;
        }
        return line >= 0 && lines.get(line).strip().startsWith("///");
    }

    private static List<String> lines(List<Path> files, Predicate<String> wrong) throws IOException {
        List<String> found = new ArrayList<>();
        for (Path file : files) {
            List<String> lines = Files.readAllLines(file);
            for (int i = 0; i < lines.size(); i++) {
                if (wrong.test(lines.get(i))) {
                    found.add(name(file) + ":" + (i + 1) + ": " + lines.get(i).strip());
                }
            }
        }
        return found;
    }

    private static String name(Path file) {
        return PROJECT.relativize(file).toString();
    }
}
