package dev.fovea.datasets.sprites;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.fovea.datasets.Progress;
import dev.fovea.datasets.Seeds;
import dev.fovea.datasets.TestIcons;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpriteStoreTest {
    private static final long BUDGET = 8 << 20;

    @TempDir
    Path cache;

    private SpriteCatalog catalog;

    @BeforeEach
    void open() {
        catalog = SpriteCatalog.open(new TestIcons(), cache, Progress.NONE);
    }

    @AfterEach
    void close() {
        catalog.close();
    }

    private List<Sprite> sprites() {
        return catalog.concepts().stream()
                .flatMap(concept -> concept.sprites().stream())
                .toList();
    }

    @Test
    void everySpriteIsTightAndOfTheWantedSize() throws IOException {
        SpriteStore store = new SpriteStore(catalog, TestIcons.CACHE, BUDGET);
        for (Sprite sprite : sprites()) {
            for (int side : new int[] {12, 17, 41, 64}) {
                Cutout cutout = store.sprite(sprite, side);
                assertThat(Math.max(cutout.width(), cutout.height()))
                        .as("%s at %d", sprite, side)
                        .isEqualTo(side);
                assertThat(cutout.trim()).as("%s at %d", sprite, side).isSameAs(cutout);
                assertThat(Arrays.stream(cutout.argb()))
                        .as("%s premultiplied", sprite)
                        .allMatch(SpriteStoreTest::isPremultiplied);
            }
        }
    }

    private static boolean isPremultiplied(int pixel) {
        int alpha = pixel >>> 24;
        return (pixel >> 16 & 255) <= alpha && (pixel >> 8 & 255) <= alpha && (pixel & 255) <= alpha;
    }

    @Test
    void aSpriteIsDrawnOnceAndReadBackTheSame() throws IOException {
        Sprite sprite = sprites().get(5);
        Cutout drawn = new SpriteStore(catalog, cache, BUDGET).sprite(sprite, 50);
        List<Path> files = drawnFiles();
        assertThat(files).hasSize(1);
        byte[] content = Files.readAllBytes(files.getFirst());
        assertThat(new SpriteStore(catalog, cache, BUDGET).sprite(sprite, 50).argb())
                .isEqualTo(drawn.argb());
        for (int damage = 0; damage < content.length; damage += 97) {
            byte[] bad = content.clone();
            bad[damage] ^= 1;
            Files.write(files.getFirst(), bad);
            assertThat(new SpriteStore(catalog, cache, BUDGET)
                            .sprite(sprite, 50)
                            .argb())
                    .as("byte %d", damage)
                    .isEqualTo(drawn.argb());
        }
        Files.write(files.getFirst(), new byte[0]);
        new SpriteStore(catalog, cache, BUDGET).sprite(sprite, 50);
        assertThat(Files.readAllBytes(files.getFirst())).isEqualTo(content);
        assertThat(drawnFiles()).hasSize(1);
    }

    @Test
    void twoStoresMayShareAFolder() {
        List<Sprite> some = sprites().subList(0, 20);
        SpriteStore one = new SpriteStore(catalog, cache, BUDGET);
        SpriteStore two = new SpriteStore(catalog, cache, 0);
        List<Integer> hashes = IntStream.range(0, 80)
                .parallel()
                .mapToObj(i -> hash(i % 2 == 0 ? one : two, some.get(i / 4)))
                .toList();
        for (int i = 0; i < 80; i += 4) {
            assertThat(hashes.subList(i, i + 4)).as("sprite %d", i / 4).containsOnly(hashes.get(i));
        }
    }

    private static int hash(SpriteStore store, Sprite sprite) {
        try {
            return Arrays.hashCode(store.sprite(sprite, 30).argb());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<Path> drawnFiles() throws IOException {
        try (Stream<Path> files = Files.walk(cache.resolve("sprites").resolve("drawn"))) {
            return files.filter(Files::isRegularFile).toList();
        }
    }

    @Test
    void foreignObjectsAndSwitchesDoNotHideThePicture() throws IOException {
        String body = "<switch><foreignObject width=\"1\" height=\"1\"><x/></foreignObject>"
                + "<g><rect x=\"2\" y=\"3\" width=\"10\" height=\"4\" fill=\"#f00\"/></g></switch>";
        Sprite.View view = new Sprite.View(0, 0, 20, 20);
        Cutout cutout = SpriteRenderer.render(SpriteRenderer.document(view, body, 40), 40);
        assertThat(cutout.width()).isEqualTo(20);
        assertThat(cutout.height()).isEqualTo(8);
        assertThat(cutout.argb()).containsOnly(0xFFFF0000);
    }

    @Test
    void blankOrBrokenDrawingsAreErrors() {
        Sprite.View view = new Sprite.View(0, 0, 20, 20);
        assertThatThrownBy(() -> SpriteRenderer.render(SpriteRenderer.document(view, "<g/>", 32), 32))
                .isInstanceOf(IOException.class)
                .hasMessage("nothing to see in the drawing");
        assertThatThrownBy(() -> SpriteRenderer.render("<svg", 32)).isInstanceOf(IOException.class);
    }

    @Test
    void shrinkingKeepsTheMeanColour() {
        SplittableRandom random = Seeds.random(11);
        int[] pixels = random.ints(60 * 45).map(i -> 0xFF000000 | i).toArray();
        Cutout small = AreaScaler.scale(new Cutout(60, 45, pixels), 20);
        assertThat(small.width()).isEqualTo(20);
        assertThat(small.height()).isEqualTo(15);
        for (int shift = 0; shift < 24; shift += 8) {
            assertThat(mean(small.argb(), shift)).isCloseTo(mean(pixels, shift), within(0.6));
        }
        // An exact 3x3 mean.
        int sum = 0;
        for (int i = 0; i < 9; i++) {
            sum += pixels[(i / 3) * 60 + i % 3] & 255;
        }
        assertThat((double) (small.argb()[0] & 255)).isCloseTo(sum / 9.0, within(0.51));
    }

    private static double mean(int[] pixels, int shift) {
        return Arrays.stream(pixels).map(p -> p >> shift & 255).average().orElseThrow();
    }

    @Test
    void theMemoryStaysWithinItsBudget() {
        CutoutCache memory = new CutoutCache(10_000);
        for (int i = 0; i < 50; i++) {
            memory.put(i % 20, 16, new Cutout(16, 16, new int[256]));
            assertThat(memory.usedBytes()).isBetween(1L, 10_000L);
        }
        assertThat(memory.get(49 % 20, 16)).isNotNull();
        assertThat(memory.get(0, 16)).isNull();
    }
}
