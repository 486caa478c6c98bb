package dev.fovea.runtime.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProbeCacheTest {
    private static final MachineRates RATES = new MachineRates("CPU", 4, 3, 512, "25", 1e11, 3e11, 5e10, 4e10);

    @TempDir
    private Path folder = Path.of("");

    private final ProbeCache.Key key = new ProbeCache.Key("rates", 1, "CPU", 3, "25");

    @Test
    void answersAreKeptByEveryPartOfTheKey() {
        ProbeCache cache = new ProbeCache(folder.resolve("not/there/yet"));
        assertThat(cache.read(key, MachineRates.class)).isEmpty();
        cache.write(key, RATES);
        assertThat(cache.read(key, MachineRates.class)).contains(RATES);
        assertThat(cache.read(new ProbeCache.Key("other", 1, "CPU", 3, "25"), MachineRates.class))
                .isEmpty();
        assertThat(cache.read(new ProbeCache.Key("rates", 2, "CPU", 3, "25"), MachineRates.class))
                .isEmpty();
        assertThat(cache.read(new ProbeCache.Key("rates", 1, "CPU 2", 3, "25"), MachineRates.class))
                .isEmpty();
        assertThat(cache.read(new ProbeCache.Key("rates", 1, "CPU", 2, "25"), MachineRates.class))
                .isEmpty();
        assertThat(cache.read(new ProbeCache.Key("rates", 1, "CPU", 3, "26"), MachineRates.class))
                .isEmpty();
    }

    @Test
    void theKeyInTheFileDecidesNotItsName() throws IOException {
        ProbeCache cache = new ProbeCache(folder);
        cache.write(key, RATES);
        ProbeCache.Key other = new ProbeCache.Key("rates", 1, "CPU 2", 3, "25");
        Files.copy(cache.file(key), cache.file(other));
        assertThat(cache.read(other, MachineRates.class)).isEmpty();
    }

    @Test
    void damagedAnswersAreNone() throws IOException {
        ProbeCache cache = new ProbeCache(folder);
        cache.write(key, RATES);
        String whole = Files.readString(cache.file(key));
        for (String damaged : new String[] {
            "",
            whole.substring(0, whole.length() / 2),
            "[]",
            "null",
            whole.replace("\"peak\"", "\"pique\""),
            whole.replace("1.0E11", "\"fast\""),
            whole.replace("\"threads\" : 3", "\"threads\" : null")
        }) {
            assertThat(damaged).isNotEqualTo(whole);
            Files.writeString(cache.file(key), damaged);
            assertThat(cache.read(key, MachineRates.class)).as(damaged).isEmpty();
        }
    }
}
