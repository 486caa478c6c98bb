package dev.fovea.bin.launcher;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// A checkout with the real scripts, and beside it a fake JDK, a fake Maven, and an environment that knows no
/// others.
///
/// @param root folder of everything
/// @param home the checkout
record FakeHome(Path root, Path home) {
    /// All that the scripts may call.
    private static final List<String> TOOLS = List.of(
            "bash",
            "cat",
            "cp",
            "date",
            "dirname",
            "find",
            "grep",
            "head",
            "ln",
            "ls",
            "mkdir",
            "mv",
            "readlink",
            "rm",
            "sed",
            "sleep",
            "stty",
            "tail",
            "uname");

    /// Prints its arguments, one a line.
    static final String ECHO = """
            #!/usr/bin/env bash
            printf '%s\\n' "$@"
            """;
    /// Notes that it was called, and leaves jars as Maven would.
    static final String MAVEN = """
            #!/usr/bin/env bash
            echo called "$@" >>"$MAVEN_CALLS"
            sleep "${MAVEN_SECONDS:-0}"
            if [ -n "${MAVEN_FAILS:-}" ]; then
                echo '[INFO] much else'
                echo '[ERROR] /x/Y.java:[3,7] cannot find symbol'
                echo '[ERROR] -> [Help 1]'
                exit 1
            fi
            mkdir -p bin/target/use/lib
            echo jar >bin/target/use/fovea-bin-1.jar
            echo jar >bin/target/use/lib/fovea-dsl-1.jar
            echo jar >bin/target/use/lib/forms-2.jar
            """;

    /// What a script said.
    record Said(int code, String out, String err) {
        List<String> lines() {
            return out.lines().toList();
        }
    }

    static FakeHome in(Path root) throws IOException {
        FakeHome fake = new FakeHome(root, root.resolve("my checkout"));
        Files.createDirectories(fake.home.resolve("bin"));
        for (String script : List.of("fovea", "jdk.sh", "build.sh")) {
            Files.copy(
                    Path.of(script).toAbsolutePath(),
                    fake.home.resolve("bin").resolve(script),
                    StandardCopyOption.COPY_ATTRIBUTES);
        }
        Path source = fake.home.resolve("dsl/src/main/java/A.java");
        Files.createDirectories(source.getParent());
        Files.writeString(source, "class A {}");
        Files.writeString(
                fake.home.resolve("pom.xml"), "<jvm.flags>--add-modules=jdk.incubator.vector -Dflag=1</jvm.flags>\n");
        fake.age();
        fake.jdk("jdk-25", "25.0.3", ECHO);
        fake.executable("tools/mvn", MAVEN);
        for (String tool : TOOLS) {
            Path real = Files.exists(Path.of("/usr/bin", tool)) ? Path.of("/usr/bin", tool) : Path.of("/bin", tool);
            fake.executable("tools/" + tool, "#!/bin/sh\nexec " + real + " \"$@\"\n");
        }
        return fake;
    }

    /// Makes all sources an hour old.
    void age() throws IOException {
        FileTime hourAgo = FileTime.from(Instant.now().minusSeconds(3600));
        try (var files = Files.walk(home)) {
            for (Path file : files.filter(each -> !each.startsWith(home.resolve(".fovea")))
                    .toList()) {
                Files.setLastModifiedTime(file, hourAgo);
            }
        }
    }

    /// A JDK home of the given version.
    Path jdk(String name, String version, String java) throws IOException {
        Path jdk = root.resolve("jvm").resolve(name);
        executable("jvm/" + name + "/bin/java", java);
        executable("jvm/" + name + "/bin/javac", ECHO);
        Files.writeString(jdk.resolve("release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"" + version + "\"\n");
        return jdk;
    }

    Path executable(String name, String text) throws IOException {
        Path file = root.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        return file;
    }

    /// How often Maven was called.
    long mavenCalls() throws IOException {
        Path calls = root.resolve("maven.calls");
        return Files.exists(calls) ? Files.readAllLines(calls).size() : 0;
    }

    /// Starts `bin/fovea` in the root folder.
    Said fovea(Map<String, String> environment, String... arguments) throws IOException, InterruptedException {
        return run(root, home.resolve("bin/fovea"), environment, arguments);
    }

    Said run(Path directory, Path program, Map<String, String> environment, String... arguments)
            throws IOException, InterruptedException {
        try (Running running = start(directory, program, environment, arguments)) {
            return running.end();
        }
    }

    Running start(Path directory, Path program, Map<String, String> environment, String... arguments)
            throws IOException {
        List<String> command = new ArrayList<>(List.of(program.toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
        builder.environment().clear();
        builder.environment().put("PATH", root.resolve("tools").toString());
        builder.environment().put("HOME", root.toString());
        builder.environment().put("FOVEA_JDK_FOLDERS", root.resolve("jvm").toString());
        builder.environment().put("MAVEN_CALLS", root.resolve("maven.calls").toString());
        builder.environment().putAll(environment);
        Process process = builder.start();
        process.getOutputStream().close();
        return new Running(process);
    }

    /// A script under way, its two outputs being read.
    static final class Running implements AutoCloseable {
        private final Process process;
        private final CompletableFuture<String> out;
        private final CompletableFuture<String> err;

        Running(Process process) {
            this.process = process;
            this.out = CompletableFuture.supplyAsync(() -> text(process.getInputStream()), Thread::startVirtualThread);
            this.err = CompletableFuture.supplyAsync(() -> text(process.getErrorStream()), Thread::startVirtualThread);
        }

        /// Waits until the script and everything it started have closed their outputs.
        Said end() throws InterruptedException {
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                throw new IllegalStateException("still running after a minute: " + process.info());
            }
            return new Said(process.exitValue(), out.join(), err.join());
        }

        @Override
        public void close() {
            process.destroyForcibly();
        }

        private static String text(InputStream stream) {
            try (stream) {
                return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
