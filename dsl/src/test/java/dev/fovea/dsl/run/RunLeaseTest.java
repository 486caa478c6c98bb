package dev.fovea.dsl.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// One process at a time holds a run folder, and a dead one holds none.
class RunLeaseTest {
    private static final Owner FAR = new Owner("far-away", "other boot", 77, 1_000);

    @TempDir
    private Path folder;

    @Test
    void aLivingHolderIsNamed() {
        RunLease lease = RunLease.claim(folder, Owner.current());
        assertThatThrownBy(() -> RunLease.claim(folder, FAR))
                .isInstanceOf(StoreException.class)
                .hasMessageStartingWith(folder + ": in use by process "
                        + ProcessHandle.current().pid() + " on ")
                .hasMessageEndingWith("wait for it or stop it");
        assertThat(RunLease.holder(folder)).contains(Owner.current());
        lease.close();
        assertThat(RunLease.holder(folder)).isEmpty();
        RunLease second = RunLease.claim(folder, FAR);
        assertThat(second.number()).isEqualTo(2);
        assertThat(second.takenFrom()).isEmpty();
    }

    @Test
    void aVanishedProcessOfThisMachineIsReplacedAtOnce() throws Exception {
        Process child = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElseThrow(), "-version")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        child.waitFor();
        Owner here = Owner.current();
        Owner dead = new Owner(here.host(), here.space(), child.pid(), here.startMillis());
        RunLease.claim(folder, dead);
        RunLease lease = RunLease.claim(folder, here);
        assertThat(lease.takenFrom()).contains(dead);
        assertThat(lease.number()).isEqualTo(2);
    }

    @Test
    void aReusedProcessIdIsNotMistakenForTheHolder() {
        Owner here = Owner.current();
        Owner earlier = new Owner(here.host(), here.space(), here.pid(), here.startMillis() - 60_000);
        RunLease.claim(folder, earlier);
        assertThat(RunLease.claim(folder, here).takenFrom()).contains(earlier);
    }

    @Test
    void aSilentHolderElsewhereIsReplacedAfterAWhile() throws IOException {
        RunLease far = RunLease.claim(folder, FAR);
        assertThat(RunLease.holder(folder)).contains(FAR);
        age(1, RunLease.SILENCE.toMillis() - 20_000);
        assertThatThrownBy(() -> RunLease.claim(folder, Owner.current()))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("process 77 on far-away, started 1970-01-01T00:00:01Z");
        age(1, RunLease.SILENCE.toMillis() + 20_000);
        assertThat(RunLease.holder(folder)).isEmpty();
        assertThat(RunLease.claim(folder, Owner.current()).takenFrom()).contains(FAR);

        far.check();
        far.beat(System.nanoTime());
        assertThatThrownBy(far::check)
                .isInstanceOf(StoreException.class)
                .hasMessage(folder + ": taken over by another process while this one was silent");
        far.close();
        assertThat(RunLease.holder(folder)).contains(Owner.current());
    }

    @Test
    void aBeatIsASignOfLife() throws IOException {
        RunLease far = RunLease.claim(folder, FAR);
        age(1, 10 * RunLease.SILENCE.toMillis());
        far.beat(System.nanoTime());
        assertThatThrownBy(() -> RunLease.claim(folder, Owner.current())).isInstanceOf(StoreException.class);
        far.check();
    }

    @Test
    void missedBeatsAreForgivenForAWhile() throws IOException {
        RunLease lease = RunLease.claim(folder, Owner.current());
        Path leases = folder.resolve("leases");
        Files.move(leases, folder.resolve("away"));
        long now = System.nanoTime();
        lease.beat(now + RunLease.SILENCE.toNanos() / 4);
        lease.check();
        lease.beat(now + RunLease.SILENCE.toNanos());
        assertThatThrownBy(lease::check)
                .isInstanceOf(StoreException.class)
                .hasMessageStartingWith("cannot write " + leases);
    }

    @Test
    void aDamagedClaimEndsBySilence() throws IOException {
        RunLease.claim(folder, FAR);
        Files.write(claim(1), new byte[0]);
        assertThatThrownBy(() -> RunLease.claim(folder, Owner.current()))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("process 0 on unknown");
        age(1, 2 * RunLease.SILENCE.toMillis());
        assertThat(RunLease.claim(folder, Owner.current()).number()).isEqualTo(2);
    }

    @Test
    void ofManyClaimantsOneWins() throws Exception {
        RunLease.claim(folder, new Owner("far-away", "other boot", 1, 1));
        for (int round = 0; round < 20; round++) {
            age(new LeaseFiles(folder).last(), 2 * RunLease.SILENCE.toMillis());
            assertThat(winners(8)).as("round %d", round).isEqualTo(1);
        }
        assertThat(new LeaseFiles(folder).last()).isEqualTo(21);
        assertThat(folder.resolve("leases").toFile().list()).hasSize(21);
    }

    private int winners(int claimants) throws InterruptedException, ExecutionException {
        AtomicInteger winners = new AtomicInteger();
        try (ExecutorService threads = Executors.newFixedThreadPool(claimants)) {
            List<Future<?>> all = IntStream.range(0, claimants)
                    .<Future<?>>mapToObj(i -> threads.submit(() -> {
                        try {
                            RunLease.claim(folder, new Owner("far-away", "other boot", i, i));
                            winners.incrementAndGet();
                        } catch (StoreException inUse) {
                            assertThat(inUse).hasMessageContaining("in use by");
                        }
                    }))
                    .toList();
            for (Future<?> one : all) {
                one.get();
            }
        }
        return winners.get();
    }

    private void age(int number, long millis) throws IOException {
        FileTime now = Files.getLastModifiedTime(Files.createTempFile(folder, "now", ""));
        Files.setLastModifiedTime(claim(number), FileTime.fromMillis(now.toMillis() - millis));
    }

    private Path claim(int number) {
        return folder.resolve("leases").resolve("%06d.json".formatted(number));
    }
}
