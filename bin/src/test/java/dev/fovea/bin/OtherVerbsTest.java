package dev.fovea.bin;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.fovea.bin.Cli.Said;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// doctor, completion, data export.
class OtherVerbsTest {
    @TempDir
    private Path folder = Path.of("");

    @Test
    void theDoctorLooksAtEverything() {
        Said said = Cli.in(folder).run("doctor");
        assertThat(said.code()).as(said.out()).isZero();
        assertThat(said.lines().stream().filter(line -> !line.startsWith(" ")).map(line -> line.split(" +")[1]))
                .containsExactly(
                        "java",
                        "flags",
                        "vectors",
                        "heap",
                        "pictures",
                        "cores",
                        "memory",
                        "gemm",
                        "disk",
                        "git",
                        "tornado",
                        "mlflow");
        assertThat(said.out())
                .contains(
                        "note  git       not on PATH",
                        "note  tornado   TORNADOVM_HOME is not set",
                        "-> install a TornadoVM SDK");
    }

    @Test
    void theDoctorAsJson() {
        JsonNode checks = JsonMapper.shared()
                .readTree(Cli.in(folder).run("doctor", "--json").out());
        assertThat(checks.get(0).get("name").asString()).isEqualTo("java");
        assertThat(checks.get(0).get("state").asString()).isEqualTo("GOOD");
    }

    @Test
    void aFolderThatCannotTakeRunsIsBad() throws Exception {
        Files.writeString(folder.resolve("file"), "");
        Said said = Cli.in(folder).run("doctor", "--runs", "file/runs");
        assertThat(said.code()).isEqualTo(6);
        assertThat(said.out()).contains("bad   disk      cannot write to " + folder.resolve("file"));
    }

    @ParameterizedTest
    @CsvSource({
        "200, 'ok    mlflow    http://127.0.0.1:%d/base answers'",
        "401, 'note  mlflow    http://127.0.0.1:%d/base refuses: 401'",
        "404, 'note  mlflow    http://127.0.0.1:%d/base says 404 to /health'",
    })
    void asksTheTrackingServer(int status, String line) throws Exception {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/base/health", exchange -> {
            exchange.sendResponseHeaders(status, -1);
            exchange.close();
        });
        server.start();
        try {
            int port = server.getAddress().getPort();
            String address = "http://user:secret@127.0.0.1:" + port + "/base/";
            Said said =
                    Cli.in(folder).with(Map.of("MLFLOW_TRACKING_URI", address)).run("doctor");
            assertThat(said.code()).isZero();
            assertThat(said.out().replace("/base/", "/base"))
                    .contains(line.formatted(port))
                    .doesNotContain("secret");
        } finally {
            server.stop(0);
        }
    }

    @Test
    void aTrackingServerThatIsAwayIsANote() {
        Said said = Cli.in(folder)
                .with(Map.of("MLFLOW_TRACKING_URI", "http://127.0.0.1:1"))
                .run("doctor");
        assertThat(said.code()).isZero();
        assertThat(said.out()).contains("note  mlflow    http://127.0.0.1:1 does not answer", "fovea sync");
        Said wrong =
                Cli.in(folder).with(Map.of("MLFLOW_TRACKING_URI", "http://a b")).run("doctor");
        assertThat(wrong.code()).isEqualTo(6);
        assertThat(wrong.out()).contains("bad   mlflow    MLFLOW_TRACKING_URI is no address");
    }

    @ParameterizedTest
    @ValueSource(strings = {"val", "data ex", "run --dr", "completion z"})
    void bashCompletes(String typed) throws Exception {
        Path script = Files.writeString(
                folder.resolve("complete.sh"),
                Cli.in(folder).run("completion", "bash").out());
        String[] words = typed.split(" ");
        String last = words[words.length - 1];
        String answer = bash(". '%s'; COMP_WORDS=(fovea %s); COMP_CWORD=%d; _complete_fovea; echo \"${COMPREPLY[@]}\""
                .formatted(script, typed, words.length));
        assertThat(answer.strip().split(" "))
                .isNotEmpty()
                .allSatisfy(word -> assertThat(word).startsWith(last).isNotEqualTo(last));
    }

    @Test
    void zshGetsItsPreamble() {
        Said said = Cli.in(folder).run("completion", "zsh");
        assertThat(said.out()).startsWith("autoload -U +X bashcompinit && bashcompinit\n");
        Said fish = Cli.in(folder).run("completion", "fish");
        assertThat(fish.code()).isEqualTo(2);
        assertThat(fish.err()).contains("SHELL", "fish", "bash, zsh");
    }

    @Test
    void exportChecksItsNumbers() throws Exception {
        Cli cli = Cli.in(folder);
        cli.spec("a.yaml");
        Said said = cli.run("data", "export", "a.yaml", "--count", "0", "--out", "shards");
        assertThat(said)
                .isEqualTo(new Said(
                        2,
                        "",
                        "fovea: --from must be at least 0, --count from 1 to 16777216, --per-shard at least 1\n"));
        assertThat(cli.run("data", "export", "a.yaml", "--out", "shards").error())
                .isEqualTo("fovea: Missing required option: '--count=N'");
        assertThat(cli.run("data", "export", "a.yaml", "--count=1", "--out=x", "--split=middle")
                        .error())
                .contains("--split", "middle");
    }

    @Test
    void exportOfDataThatIsNotThereIsOneLine() throws Exception {
        Cli cli = Cli.in(folder);
        cli.spec(
                "a.yaml",
                "{type: scenes, size: 224, concepts: 16, styles: [noto]}",
                "{type: image-text-box, images: 'i-{0..1}.tar', text_boxes: 'b-{0..1}.tar'}");
        Said said = cli.run("data", "export", "a.yaml", "--count", "1", "--out", "shards");
        assertThat(said.code()).isEqualTo(4);
        assertThat(said.err().lines())
                .filteredOn(line -> line.startsWith("fovea: "))
                .hasSize(1);
        assertThat(said.err()).endsWith("fovea: shard " + folder.resolve("i-0.tar") + " is missing\n");
        assertThat(folder.resolve("shards")).doesNotExist();
    }

    private String bash(String script) throws Exception {
        Process bash = new ProcessBuilder("bash", "--norc", "-c", script)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        bash.getOutputStream().close();
        return new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
}
