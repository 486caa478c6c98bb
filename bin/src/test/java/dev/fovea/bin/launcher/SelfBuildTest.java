package dev.fovea.bin.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fovea.bin.launcher.FakeHome.Running;
import dev.fovea.bin.launcher.FakeHome.Said;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// When `bin/fovea` builds itself, and that no one ever sees half a build.
class SelfBuildTest {
    @TempDir
    private Path folder = Path.of("");

    private FakeHome fake = new FakeHome(Path.of(""), Path.of(""));
    private Path builds = Path.of("");

    @BeforeEach
    void makeHome() throws IOException {
        fake = FakeHome.in(folder.toRealPath());
        builds = fake.home().resolve(".fovea/build");
    }

    @Test
    void buildsOnceWithOneQuietLine() throws Exception {
        Said first = fake.fovea(Map.of(), "status");
        assertThat(first.err()).matches("building fovea \\.\\.\\. \\d+ s\n");
        assertThat(Files.readString(fake.root().resolve("maven.calls"))).isEqualTo("called -B -ntp -Puse package\n");
        Said second = fake.fovea(Map.of(), "status");
        assertThat(second.err()).isEmpty();
        assertThat(fake.mavenCalls()).isEqualTo(1);
        assertThat(builds.resolve("lock")).doesNotExist();
    }

    @Test
    void buildsAgainWhenASourceIsNewer() throws Exception {
        fake.fovea(Map.of(), "status");
        String before = current();
        change("dsl/src/main/java/A.java");
        assertThat(fake.fovea(Map.of(), "status").err()).startsWith("building fovea");
        assertThat(current()).isNotEqualTo(before);
        assertThat(builds.resolve(before).resolve("lib"))
                .as("an older run may still use it")
                .exists();
        Files.delete(fake.home().resolve("dsl/src/main/java/A.java"));
        Files.setLastModifiedTime(
                fake.home().resolve("dsl/src/main/java"),
                FileTime.from(Instant.now().plusSeconds(5)));
        assertThat(fake.fovea(Map.of(), "status").err()).startsWith("building fovea");
        assertThat(fake.mavenCalls()).isEqualTo(3);
    }

    @Test
    void testsAndDocumentsDoNotCount() throws Exception {
        fake.fovea(Map.of(), "status");
        change("README.md");
        change("dsl/src/test/java/ATest.java");
        change("experiments/quickstart.yaml");
        fake.fovea(Map.of(), "status");
        assertThat(fake.mavenCalls()).isEqualTo(1);
    }

    @Test
    void neverBuildsWhereForbidden() throws Exception {
        Said without = fake.fovea(Map.of("FOVEA_NO_BUILD", "1"), "status");
        assertThat(without.code()).isEqualTo(6);
        assertThat(without.err()).startsWith("fovea: FOVEA_NO_BUILD is set, but there is no build in ");
        fake.fovea(Map.of(), "status");
        change("pom.xml");
        Said old = fake.fovea(Map.of("FOVEA_NO_BUILD", "1"), "status");
        assertThat(old.code()).isZero();
        assertThat(old.err()).isEmpty();
        assertThat(fake.mavenCalls()).isEqualTo(1);
    }

    @Test
    void aFailedBuildShowsItsErrorsAndLeavesTheOldOne() throws Exception {
        fake.fovea(Map.of(), "status");
        String before = current();
        change("pom.xml");
        Said said = fake.fovea(Map.of("MAVEN_FAILS", "1"), "status");
        assertThat(said.code()).isEqualTo(1);
        assertThat(said.out()).isEmpty();
        assertThat(said.err())
                .isEqualTo("building fovea ... failed\n[ERROR] /x/Y.java:[3,7] cannot find symbol\n"
                        + "fovea: the build failed; all of its output: " + builds.resolve("log") + "\n");
        assertThat(builds.resolve("log")).content().contains("[INFO] much else");
        assertThat(current()).isEqualTo(before);
        assertThat(folders()).containsExactly(before);
        assertThat(fake.fovea(Map.of(), "status").code()).isZero();
    }

    @Test
    void twoFirstUsesAtOnceBuildOnce() throws Exception {
        List<Said> all = new ArrayList<>();
        try (Running one = start();
                Running two = start();
                Running three = start()) {
            all.add(one.end());
            all.add(two.end());
            all.add(three.end());
        }
        assertThat(all)
                .allSatisfy(said -> assertThat(said.code()).as(said.err()).isZero());
        assertThat(fake.mavenCalls()).isEqualTo(1);
        assertThat(all).filteredOn(said -> said.err().contains("building")).hasSize(1);
        assertThat(folders()).containsExactly(current());
    }

    @Test
    void aLockOfADeadProcessIsTakenAway() throws Exception {
        Files.createDirectories(builds.resolve("lock"));
        Process dead = new ProcessBuilder("true").start();
        dead.waitFor();
        Files.writeString(builds.resolve("lock/owner"), hostName() + " " + dead.pid() + "\n");
        Said said = fake.fovea(Map.of(), "status");
        assertThat(said.code()).as(said.err()).isZero();
        assertThat(fake.mavenCalls()).isEqualTo(1);
    }

    @Test
    void aLockOfAnotherMachineIsRespected() throws Exception {
        Files.createDirectories(builds.resolve("lock"));
        Files.writeString(builds.resolve("lock/owner"), "another-machine 1\n");
        Said said = fake.fovea(Map.of("FOVEA_LOCK_SECONDS", "0"), "status");
        assertThat(said.code()).isEqualTo(1);
        assertThat(said.err())
                .isEqualTo("fovea: waiting for another build (another-machine 1)\n"
                        + "fovea: gave up waiting for the build of another-machine 1; if it is dead, remove "
                        + builds.resolve("lock") + "\n");
    }

    @Test
    void aFolderThatCannotBeWrittenIsNamed() throws Exception {
        Files.writeString(fake.home().resolve(".fovea"), "in the way");
        Said said = fake.fovea(Map.of(), "status");
        assertThat(said.code()).isEqualTo(1);
        assertThat(said.err()).isEqualTo("fovea: must build itself, but cannot write to " + builds + "\n");
    }

    @Test
    void withoutMavenItSaysHowToGetIt() throws Exception {
        Files.delete(fake.root().resolve("tools/mvn"));
        Said said = fake.fovea(Map.of(), "status");
        assertThat(said.code()).isEqualTo(6);
        assertThat(said.err()).startsWith("fovea: needs Maven 3.8.7 or newer to build itself, and mvn is not on PATH");
    }

    @Test
    void worksAfterTheCheckoutMoved() throws Exception {
        fake.fovea(Map.of(), "status");
        Path moved = fake.root().resolve("moved");
        Files.move(fake.home(), moved);
        Said said = fake.run(fake.root(), moved.resolve("bin/fovea"), Map.of(), "status");
        assertThat(said.err()).isEmpty();
        assertThat(said.out()).contains(moved + "/.fovea/build/").doesNotContain("my checkout");
    }

    @Test
    void oldBuildsAreForgottenAfterAWeek() throws Exception {
        for (int day = 1; day <= 12; day++) {
            Path old = Files.createDirectories(builds.resolve("202001%02d-000000-1".formatted(day)));
            Files.writeString(old.resolve("fovea.aot"), "big");
            Files.writeString(old.resolve("stamp"), "");
            Files.setLastModifiedTime(
                    old.resolve("stamp"), FileTime.from(Instant.now().minusSeconds(86_400L * (13 - day))));
        }
        fake.fovea(Map.of(), "status");
        assertThat(folders())
                .containsExactly(
                        "20200106-000000-1",
                        "20200107-000000-1",
                        "20200108-000000-1",
                        "20200109-000000-1",
                        "20200110-000000-1",
                        "20200111-000000-1",
                        "20200112-000000-1",
                        current());
        assertThat(builds.resolve("20200110-000000-1/fovea.aot")).doesNotExist();
        assertThat(builds.resolve("20200111-000000-1/fovea.aot")).exists();
    }

    private Running start() throws IOException {
        return fake.start(fake.root(), fake.home().resolve("bin/fovea"), Map.of("MAVEN_SECONDS", "0.3"), "status");
    }

    private String current() throws IOException {
        return Files.readString(builds.resolve("current")).strip();
    }

    private List<String> folders() throws IOException {
        try (var entries = Files.list(builds)) {
            return entries.filter(Files::isDirectory)
                    .map(each -> each.getFileName().toString())
                    .sorted()
                    .toList();
        }
    }

    private void change(String file) throws IOException {
        Path changed = fake.home().resolve(file);
        Files.createDirectories(changed.getParent());
        if (!Files.exists(changed)) {
            Files.writeString(changed, "");
        }
        Files.setLastModifiedTime(changed, FileTime.from(Instant.now()));
    }

    private String hostName() throws IOException, InterruptedException {
        return fake.run(fake.root(), fake.root().resolve("tools/uname"), Map.of(), "-n")
                .out()
                .strip();
    }
}
