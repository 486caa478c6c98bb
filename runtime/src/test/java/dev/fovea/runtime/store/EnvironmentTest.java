package dev.fovea.runtime.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The environment holds what a result may depend on, and no secret.
class EnvironmentTest {
    @TempDir
    private Path folder;

    @Test
    void holdsMachineAndSoftware() throws IOException {
        Path file = folder.resolve("environment.json");
        Environment.collect(folder, Map.of("backend", "cpu")).write(file);
        JsonNode facts = JsonMapper.shared().readTree(Files.readAllBytes(file));
        assertThat(facts.at("/java/version").stringValue())
                .startsWith(String.valueOf(Runtime.version().feature()));
        assertThat(facts.at("/java/vendor").stringValue()).isNotEmpty();
        assertThat(facts.at("/java/flags").valueStream().map(JsonNode::stringValue))
                .anyMatch(flag -> flag.startsWith("-Xmx"));
        assertThat(facts.at("/java/gc").size()).isPositive();
        assertThat(facts.at("/os/name").stringValue()).isEqualTo(System.getProperty("os.name"));
        assertThat(facts.at("/cpu/cores").intValue()).isPositive();
        assertThat(facts.at("/cpu/model").stringValue()).isNotEmpty();
        assertThat(facts.at("/memory/totalBytes").longValue()).isPositive();
        assertThat(facts.at("/memory/maxHeapBytes").longValue()).isPositive();
        assertThat(facts.at("/fovea/version").stringValue()).isNotEmpty();
        assertThat(facts.at("/run/backend").stringValue()).isEqualTo("cpu");
        assertThat(facts.at("/host").stringValue()).isNotEmpty();
        assertThat(facts.has("git")).isFalse();
    }

    @Test
    void storesOnlyListedVariablesWithoutSecrets() {
        Map<String, String> variables = new LinkedHashMap<>();
        variables.put("SLURM_JOB_ID", "17");
        variables.put("FOVEA_HOME", "/x");
        variables.put("CUDA_VISIBLE_DEVICES", "0,1");
        variables.put("SLURM_JWT", "hidden-1");
        variables.put("FOVEA_API_TOKEN", "hidden-2");
        variables.put("FOVEA_TRACKING", "https://me:hidden-3@host/x");
        variables.put("AWS_SECRET_ACCESS_KEY", "hidden-4");
        variables.put("HOME", "hidden-5");
        String json = Environment.collect(folder, Map.of("uri", "http://u:hidden-6@h"), variables)
                .json();
        assertThat(json).doesNotContain("hidden").contains("https://<redacted>@host/x", "http://<redacted>@h");
        JsonNode env = JsonMapper.shared().readTree(json).get("env");
        assertThat(env.propertyNames())
                .containsExactly("CUDA_VISIBLE_DEVICES", "FOVEA_HOME", "FOVEA_TRACKING", "SLURM_JOB_ID");
        assertThat(env.get("CUDA_VISIBLE_DEVICES").stringValue()).isEqualTo("0,1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "password: \"hunter2hunter2\"",
                "api_key = 'abcd1234'",
                "MY_TOKEN=abcdef123456",
                "ghp_0123456789abcdefghij",
                "curl https://u:pw123@host/",
                "-----BEGIN RSA PRIVATE KEY-----\nMIIabc\n-----END RSA PRIVATE KEY-----",
                "-----BEGIN PRIVATE KEY-----\nMIIabc",
                "hf_abcdefghijABCDEFGHIJ",
            })
    void secretsAreFound(String text) {
        String redacted = Secrets.redact("+" + text);
        assertThat(redacted).contains(Secrets.REDACTED);
        for (String secret :
                List.of("hunter2", "abcd1234", "abcdef123456", "0123456789abc", "pw123", "MIIabc", "hf_")) {
            assertThat(redacted).doesNotContain(secret);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "int token = tokens[i];",
                "long tokens = countTokens(text);",
                "maxTokens: 2560",
                "token = reader.next()",
                "https://host:8080/path@v1",
                "a -> b: the key of a map",
            })
    void codeIsKept(String text) {
        assertThat(Secrets.redact(text)).isEqualTo(text);
    }

    @Test
    void flagsLoseSecretValues() {
        assertThat(Secrets.redactFlag("-Dmlflow.password=x")).isEqualTo("-Dmlflow.password=<redacted>");
        assertThat(Secrets.redactFlag("-Dmy-token=x")).isEqualTo("-Dmy-token=<redacted>");
        assertThat(Secrets.redactFlag("-Xmx3g")).isEqualTo("-Xmx3g");
        assertThat(Secrets.redactFlag("-Dmodel.tokens=5")).isEqualTo("-Dmodel.tokens=5");
        assertThat(Environment.allowed("SLURM_NTASKS")).isTrue();
        assertThat(Environment.allowed("SLURM_AUTH")).isFalse();
    }

    @Test
    void aCheckoutIsStoredWithItsChanges() throws Exception {
        assumeThat(git("--version")).as("git is installed").isZero();
        assertThat(GitFacts.of(folder)).as("no checkout").isEmpty();
        assertThat(git("init", "-q", "-b", "work")).isZero();
        assertThat(GitFacts.of(folder)).as("no commit").isEmpty();
        Files.writeString(folder.resolve("a.txt"), "one\n");
        Files.writeString(folder.resolve("my.env"), "HIDDEN=0\n");
        Files.writeString(folder.resolve(".gitignore"), "ignored\n");
        assertThat(git("add", "-A")).isZero();
        assertThat(git("-c", "user.name=t", "-c", "user.email=t@t", "commit", "-qm", "first"))
                .isZero();
        GitFacts clean = GitFacts.of(folder).orElseThrow();
        assertThat(clean.commit()).matches("[0-9a-f]{40}");
        assertThat(clean.branch()).isEqualTo("work");
        assertThat(clean.dirty()).isFalse();
        assertThat(clean.patch()).isEmpty();

        Files.writeString(folder.resolve("a.txt"), "two\npassword = 'opensesame1'\n");
        Files.writeString(folder.resolve("my.env"), "HIDDEN=1\n");
        Files.writeString(folder.resolve("ignored"), "x");
        Path below = Files.createDirectory(folder.resolve("below"));
        Files.writeString(below.resolve("new ö.txt"), "abc");
        GitFacts dirty = GitFacts.of(below).orElseThrow();
        assertThat(dirty.commit()).isEqualTo(clean.commit());
        assertThat(dirty.dirty()).isTrue();
        assertThat(dirty.patch()).contains("-one\n+two\n+password = <redacted>").doesNotContain("HIDDEN");
        assertThat(dirty.patchCut()).isFalse();
        assertThat(dirty.untracked())
                .containsExactly(Map.entry(
                        "below/new ö.txt", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
        String json = Environment.collect(below, Map.of()).json();
        assertThat(JsonMapper.shared().readTree(json).at("/git/dirty").booleanValue())
                .isTrue();
    }

    @Test
    void aLongPatchIsCut() throws Exception {
        assumeThat(git("--version")).as("git is installed").isZero();
        git("init", "-q");
        Files.writeString(folder.resolve("a.txt"), "one\n");
        git("add", "-A");
        git("-c", "user.name=t", "-c", "user.email=t@t", "commit", "-qm", "first");
        Files.writeString(folder.resolve("a.txt"), "line of text\n".repeat(60_000));
        GitFacts facts = GitFacts.of(folder).orElseThrow();
        assertThat(facts.patchCut()).isTrue();
        assertThat(facts.patch()).hasSize(GitFacts.MOST_PATCH_BYTES);
    }

    private int git(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("git", "-C", folder.toString()));
        command.addAll(List.of(arguments));
        try {
            return new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
        } catch (IOException _) {
            return 127;
        }
    }
}
