package dev.fovea.bin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fovea.bin.Cli.Said;
import dev.fovea.dsl.ResolvedSpec;
import dev.fovea.dsl.SpecReader;
import dev.fovea.dsl.run.Journal;
import dev.fovea.dsl.run.JournalEntry;
import dev.fovea.dsl.run.RunFolder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The verbs that read run folders: status, show KEY, sync.
class RunFoldersTest {
    private static final long NOW = Cli.NOW.toEpochMilli();

    @TempDir
    private Path folder = Path.of("");

    private Cli cli = Cli.in(Path.of(""));

    @BeforeEach
    void open() {
        cli = Cli.in(folder);
    }

    @Test
    void withoutRunsItSaysSo() {
        assertThat(cli.run("status")).isEqualTo(new Said(0, "", "no runs in " + folder.resolve("runs") + "\n"));
        assertThat(cli.run("status", "--json")).isEqualTo(new Said(0, "[ ]\n", ""));
    }

    @Test
    void listsRunsTheLatestLast() throws Exception {
        String late = run("late", NOW - 5_000, JournalEntry.Ended.FINISHED);
        String early = run("early", NOW - 7_200_000, JournalEntry.Ended.FAILED + "nan");
        Said said = cli.run("status");
        assertThat(said.code()).isZero();
        assertThat(said.lines())
                .containsExactly(
                        "key              name   state      step  metrics                                          time  last moved",
                        early
                                + "  early  failed    12/12  loss 0.2500  local-retrieval/seen/r1 0.5000  1:30 min  2:00 h ago",
                        late
                                + "  late   finished  12/12  loss 0.2500  local-retrieval/seen/r1 0.5000  1:30 min   5.0 s ago");
    }

    private String run(String name, long end, String reason) throws Exception {
        Path file = cli.spec(
                name + ".yaml", "name: small", "name: " + name + "\nseed: " + (name.charAt(0) * 100 + name.charAt(1)));
        ResolvedSpec spec = SpecReader.read(file, List.of());
        RunFolder run =
                RunFolder.create(folder.resolve("runs"), spec.key().text(), Files.readString(file), spec.yaml(false));
        try (Journal journal = Journal.openForAppend(run.journalFile())) {
            journal.append(new JournalEntry.Started(end - 90_000, 1, run.key(), Map.of("host", "node7")));
            SequencedMap<String, Double> values = new LinkedHashMap<>();
            values.put("loss", 0.25);
            values.put("loss/contrast", 0.125);
            values.put("eval/local-retrieval/seen/r1", 0.5);
            journal.append(new JournalEntry.Scalars(end - 10_000, 12, values));
            journal.append(new JournalEntry.Saved(end - 9_000, 12, "checkpoints/step-00000012"));
            journal.append(new JournalEntry.Ended(end, 12, reason, reason.contains("nan") ? "the loss is nan" : ""));
        }
        Files.writeString(run.results().resolve("summary.json"), "{}");
        return run.key();
    }

    @Test
    void choosesFailedRuns() throws Exception {
        run("late", NOW, JournalEntry.Ended.FINISHED);
        assertThat(cli.run("status", "--failed").err()).startsWith("no failed runs in ");
        String early = run("early", NOW, JournalEntry.Ended.FAILED + "nan");
        JsonNode runs = JsonMapper.shared()
                .readTree(cli.run("status", "--failed", "--json").out());
        assertThat(runs).hasSize(1);
        assertThat(runs.get(0).get("key").asString()).isEqualTo(early);
        assertThat(runs.get(0).get("state").asString()).isEqualTo("failed");
        assertThat(runs.get(0).get("resumable").asBoolean()).isTrue();
        assertThat(runs.get(0).get("message").asString()).isEqualTo("the loss is nan");
        assertThat(runs.get(0).get("metrics").get("loss").asDouble()).isEqualTo(0.25);
    }

    @Test
    void choosesByKeyBySpecAndByFolder() throws Exception {
        String one = run("one", NOW, JournalEntry.Ended.FINISHED);
        run("two", NOW, JournalEntry.Ended.FINISHED);
        for (String which : List.of(one, one.substring(0, 9), one.substring(3, 9), "one.yaml")) {
            Said said = cli.run("status", which);
            assertThat(said.lines()).as(which).hasSize(2).last().asString().startsWith(one);
        }
        assertThat(cli.run("-C", folder.toString(), "status", "--runs", "nowhere")
                        .err())
                .startsWith("no runs in ");
        Said unknown = cli.run("status", "f2-zzzz");
        assertThat(unknown.code()).isEqualTo(2);
        assertThat(unknown.err()).isEqualTo("fovea: no run in " + folder.resolve("runs") + " has the key f2-zzzz\n");
        cli.spec("new.yaml");
        Said never = cli.run("status", "new.yaml");
        assertThat(never.code()).isEqualTo(2);
        assertThat(never.err()).startsWith("fovea: new.yaml has not been run: no f2-");
    }

    @Test
    void showsWhatARunCameTo() throws Exception {
        String key = run("one", NOW, JournalEntry.Ended.FAILED + "nan");
        Said said = cli.run("show", key.substring(0, 10));
        assertThat(said).isEqualTo(new Said(0, """
                one  %1$s  failed
                  step        12/12
                  time        1:30 min
                  ended       failed:nan: the loss is nan
                  host        node7
                  folder      runs/%1$s
                  checkpoint  checkpoints/step-00000012

                metric                          last
                loss                          0.2500
                loss/contrast                 0.1250
                eval/local-retrieval/seen/r1  0.5000

                runs/%1$s/results/summary.json
                """.formatted(key), ""));
        JsonNode json =
                JsonMapper.shared().readTree(cli.run("show", key, "--json").out());
        assertThat(json.get("steps").asLong()).isEqualTo(12);
        assertThat(json.get("facts").get("host").asString()).isEqualTo("node7");
    }

    @Test
    void aDamagedFolderIsOneLine() throws Exception {
        String key = run("one", NOW, JournalEntry.Ended.FINISHED);
        Path journal = folder.resolve("runs").resolve(key).resolve("journal");
        Files.delete(journal);
        Files.createDirectory(journal);
        Said said = cli.run("status");
        assertThat(said.code()).isEqualTo(4);
        assertThat(said.err().lines()).hasSize(1);
        assertThat(said.err()).startsWith("fovea: cannot read " + journal + ": ");
    }

    @Test
    void syncsToAFolderWithoutAServer() throws Exception {
        String key = run("one", NOW, JournalEntry.Ended.FINISHED);
        Said first = cli.run("sync");
        assertThat(first.code()).as(first.err()).isZero();
        assertThat(first.out()).startsWith(key + "  4 new records  ").contains("mlruns");
        assertThat(folder.resolve("mlruns")).isDirectory();
        assertThat(cli.run("sync", key.substring(0, 8)).out()).startsWith(key + "  0 new records  ");
    }

    @Test
    void aServerThatIsAwayIsUnavailable() throws Exception {
        String key = run("one", NOW, JournalEntry.Ended.FINISHED);
        Cli away = cli.with(Map.of("MLFLOW_TRACKING_URI", "http://127.0.0.1:1"));
        Said said = away.run("sync", "--json");
        assertThat(said.code()).isEqualTo(6);
        JsonNode reports = JsonMapper.shared().readTree(said.out());
        assertThat(reports.get(0).get("key").asString()).isEqualTo(key);
        assertThat(reports.get(0).get("problem").asString()).contains("127.0.0.1:1");
        assertThat(away.run("sync").err()).startsWith("fovea: " + key + ": ");
    }

    @Test
    void anAddressThatIsNoneIsToldWithItsVariable() throws Exception {
        run("one", NOW, JournalEntry.Ended.FINISHED);
        Said said = cli.with(Map.of("MLFLOW_TRACKING_URI", "databricks")).run("sync");
        assertThat(said.code()).isEqualTo(3);
        assertThat(said.err()).startsWith("fovea: MLFLOW_TRACKING_URI: databricks cannot be used: ");
        assertThat(cli.run("sync", "f2-none").code()).isEqualTo(2);
    }
}
