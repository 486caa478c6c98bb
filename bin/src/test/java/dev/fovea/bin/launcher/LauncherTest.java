package dev.fovea.bin.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fovea.bin.launcher.FakeHome.Said;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// How `bin/fovea` starts Java: from where, with which flags, which JDK.
class LauncherTest {
    private static final String VECTOR = "--add-modules=jdk.incubator.vector";

    @TempDir
    private Path folder = Path.of("");

    private FakeHome fake = new FakeHome(Path.of(""), Path.of(""));

    @BeforeEach
    void makeHome() throws IOException {
        fake = FakeHome.in(folder.toRealPath());
    }

    @Test
    void startsTheMainClassWithTheJarsOfTheBuild() throws Exception {
        Said said = fake.fovea(Map.of(), "status", "two words", "");
        assertThat(said.code()).as(said.err()).isZero();
        assertThat(said.out()).endsWith("\ndev.fovea.bin.Fovea\nstatus\ntwo words\n\n");
        assertThat(said.lines()).contains("-Dflag=1", "-Dfovea.home=" + fake.home());
        String classPath = said.lines().get(said.lines().indexOf("-cp") + 1);
        assertThat(classPath.split(":"))
                .allSatisfy(jar -> assertThat(Path.of(jar)).isRegularFile())
                .extracting(jar -> Path.of(jar).getFileName().toString())
                .containsExactly("fovea-bin-1.jar", "fovea-dsl-1.jar", "forms-2.jar");
    }

    @Test
    void worksThroughSymbolicLinksAndFromAnyFolder() throws Exception {
        Path elsewhere = Files.createDirectories(fake.root().resolve("else where"));
        Path first = Files.createSymbolicLink(fake.root().resolve("first"), Path.of("my checkout/bin/fovea"));
        Path second = Files.createSymbolicLink(elsewhere.resolve("fovea"), first);
        Said said = fake.run(elsewhere, second, Map.of("CDPATH", fake.root().toString()), "status");
        assertThat(said.code()).as(said.err()).isZero();
        assertThat(said.lines()).contains("-Dfovea.home=" + fake.home());
    }

    @Test
    void worksFromPathByItsName() throws Exception {
        Files.createSymbolicLink(fake.root().resolve("tools/fovea"), fake.home().resolve("bin/fovea"));
        Path shell = fake.executable("by-name", "#!/usr/bin/env bash\nexec fovea status\n");
        assertThat(fake.run(fake.root(), shell, Map.of()).lines()).contains("-Dfovea.home=" + fake.home());
    }

    @ParameterizedTest
    @ValueSource(strings = {"run x.yaml", "cost x", "doctor", "-C dir run x", "--color always -v run x", "-q doctor"})
    void arithmeticVerbsGetTheVectorModule(String line) throws Exception {
        assertThat(fake.fovea(Map.of(), line.split(" ")).lines())
                .contains(VECTOR)
                .doesNotContain("-XX:TieredStopAtLevel=1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "validate run", "show x", "--help", "run --help", "run x -h", "-C run status"})
    void quickVerbsStartWithoutTheVectorModule(String line) throws Exception {
        assertThat(fake.fovea(Map.of(), line.split(" ")).lines())
                .contains("-XX:TieredStopAtLevel=1")
                .doesNotContain(VECTOR);
    }

    @ParameterizedTest
    @ValueSource(strings = {"data export x", "checkpoint show x"})
    void workWithoutArithmeticGetsTheFullCompiler(String line) throws Exception {
        assertThat(fake.fovea(Map.of(), line.split(" ")).lines()).doesNotContain(VECTOR, "-XX:TieredStopAtLevel=1");
    }

    @Test
    void passesFlagsOfTheUser() throws Exception {
        assertThat(fake.fovea(Map.of("FOVEA_JAVA_OPTS", "-Xmx5g  -Dx=y"), "run", "x")
                        .lines())
                .contains("-Xmx5g", "-Dx=y");
    }

    @Test
    void leavesTheCollectorToTheUser() throws Exception {
        assertThat(fake.fovea(Map.of(), "status").lines()).contains("-XX:+UseSerialGC");
        assertThat(fake.fovea(Map.of("FOVEA_JAVA_OPTS", "-Xmx1g -XX:+UseZGC"), "status")
                        .lines())
                .contains("-XX:+UseZGC")
                .doesNotContain("-XX:+UseSerialGC");
    }

    @Test
    void addsTheArgumentsOfTornado() throws Exception {
        Path sdk = Files.createDirectories(fake.root().resolve("tornado sdk"));
        Map<String, String> environment = Map.of("TORNADOVM_HOME", sdk.toString());
        assertThat(fake.fovea(environment, "run", "x").out()).doesNotContain("argfile");
        Files.createFile(sdk.resolve("tornado-argfile"));
        assertThat(fake.fovea(environment, "run", "x").lines()).contains("@" + sdk + "/tornado-argfile");
        assertThat(fake.fovea(environment, "status").out()).doesNotContain("argfile");
    }

    @Test
    void swallowsOnlyTheLineAboutIncubatorModules() throws Exception {
        fake.jdk("jdk-25", "25", """
                #!/usr/bin/env bash
                echo 'WARNING: Using incubator modules: jdk.incubator.vector' >&2
                echo 'something else' >&2
                echo 'through the real one' >&3
                exit 4
                """);
        Said said = fake.fovea(Map.of(), "run", "x");
        assertThat(said.code()).isEqualTo(4);
        assertThat(said.err().lines())
                .filteredOn(line -> !line.startsWith("building"))
                .containsExactlyInAnyOrder("something else", "through the real one");
    }

    @Test
    void aSignalBeforeJavaListensDoesNotEndARun() throws Exception {
        fake.jdk("jdk-25", "25", "#!/usr/bin/env bash\nkill -USR1 $$\necho alive\n");
        assertThat(fake.fovea(Map.of(), "run", "x").out()).isEqualTo("alive\n");
    }

    @Test
    void prefersTheJdkThatIsNamed() throws Exception {
        Path named = fake.jdk("../named", "25.0.9", "#!/usr/bin/env bash\necho named\n");
        Path other = fake.jdk("../other", "25", "#!/usr/bin/env bash\necho other\n");
        assertThat(fake.fovea(Map.of("FOVEA_JAVA_HOME", named.toString(), "JAVA_HOME", other.toString()))
                        .out())
                .isEqualTo("named\n");
        assertThat(fake.fovea(Map.of("JAVA_HOME", other.toString())).out()).isEqualTo("other\n");
    }

    @Test
    void findsTheJdkOnPathThroughLinks() throws Exception {
        Path real = fake.jdk("../real", "25.0.1", "#!/usr/bin/env bash\necho real\n");
        Path alternatives = Files.createSymbolicLink(fake.root().resolve("javac-link"), real.resolve("bin/javac"));
        Files.createSymbolicLink(fake.root().resolve("tools/javac"), alternatives);
        assertThat(fake.fovea(Map.of("FOVEA_JDK_FOLDERS", "")).out()).isEqualTo("real\n");
    }

    @Test
    void passesOverAnOlderJdk() throws Exception {
        Path old = fake.jdk("aa-17", "17.0.1", "#!/usr/bin/env bash\necho old\n");
        Said said = fake.fovea(Map.of("JAVA_HOME", old.toString()), "status");
        assertThat(said.lines()).as(said.err()).contains("dev.fovea.bin.Fovea");
    }

    @Test
    void aWronglyNamedJdkIsAnError() throws Exception {
        Path old = fake.jdk("aa-17", "17.0.1", FakeHome.ECHO);
        Said said = fake.fovea(Map.of("FOVEA_JAVA_HOME", old.toString()), "status");
        assertThat(said.code()).isEqualTo(6);
        assertThat(said.err())
                .isEqualTo("fovea: FOVEA_JAVA_HOME is not a JDK 25: " + old + "\nfound:\n  17.0.1 in " + old + "\n");
    }

    @Test
    void withoutAJdkItSaysHowToGetOne() throws Exception {
        Path jvm = fake.root().resolve("others");
        Path old = fake.jdk("../others/jdk-21", "21.0.2", FakeHome.ECHO);
        Path runtime = fake.jdk("../others/jre-25", "25.0.2", FakeHome.ECHO);
        Files.delete(runtime.resolve("bin/javac"));
        Said said =
                fake.fovea(Map.of("FOVEA_JDK_FOLDERS", jvm + ":" + fake.root().resolve("none")), "status");
        assertThat(said.code()).isEqualTo(6);
        assertThat(said.out()).isEmpty();
        assertThat(said.err())
                .startsWith("fovea: needs a JDK 25 and found none.\n")
                .contains("  21.0.2 in " + jvm + "/jdk-21\n", "  25.0.2 without javac in " + jvm + "/jre-25\n")
                .contains("apt install", "brew install", "sdk install java 25", "export FOVEA_JAVA_HOME=");
        assertThat(old).exists();
    }
}
