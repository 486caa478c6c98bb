package dev.fovea.bin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fovea.bin.Cli.Said;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// `fovea parity` on a folder with one case of an unknown kind, and where it cannot begin. Cases that pass are
/// tested with the checker.
class ParityVerbTest {
    @TempDir
    private Path folder = Path.of("");

    private void unknownCase() throws IOException {
        Path golden = Files.createDirectories(folder.resolve("golden/one"));
        Files.writeString(
                golden.resolve("config.json"), "{\"call\": \"unheard_of()\", \"inputs\": {}, \"outputs\": {}}");
    }

    @Test
    void aFailureEndsWithFour() throws IOException {
        unknownCase();
        Said said = Cli.in(folder).run("parity", "golden", "--backend", "reference");
        assertThat(said.code()).isEqualTo(4);
        assertThat(said.out())
                .contains("FAILED  one  call", "no check knows this kind of case: unheard_of()")
                .contains("FAILED  one  unknown, ", "0 of 1 cases pass");
    }

    @Test
    void jsonHoldsTheSame() throws IOException {
        unknownCase();
        Said said = Cli.in(folder).run("parity", "golden", "--json", "-q");
        assertThat(said.code()).isEqualTo(4);
        JsonNode all = JsonMapper.shared().readTree(said.out());
        assertThat(all.get("passed").asBoolean()).isFalse();
        assertThat(all.get("cases_failed").asInt()).isEqualTo(1);
        JsonNode one = all.get("cases").get(0);
        assertThat(one.get("name").stringValue()).isEqualTo("one");
        assertThat(one.get("tensors").get(0).get("tensor").stringValue()).isEqualTo("call");
        assertThat(one.get("tensors").get(0).get("error").isNull()).isTrue();
    }

    @Test
    void wrongFoldersAndGlobsEndWithTwo() throws IOException {
        Cli cli = Cli.in(folder);
        assertThat(cli.run("parity", "golden").code()).isEqualTo(2);
        assertThat(cli.run("parity", "golden").error()).contains("golden: no such folder");
        Files.createDirectory(folder.resolve("empty"));
        assertThat(cli.run("parity", "empty").code()).isEqualTo(2);
        assertThat(cli.run("parity", "empty").error()).contains("no golden folder");
        unknownCase();
        Said said = cli.run("parity", "golden", "--case", "two*");
        assertThat(said.code()).isEqualTo(2);
        assertThat(said.error()).contains("--case two*: none of the 1 cases in golden matches");
    }
}
