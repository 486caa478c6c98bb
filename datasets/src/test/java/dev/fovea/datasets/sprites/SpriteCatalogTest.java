package dev.fovea.datasets.sprites;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fovea.datasets.DataException;
import dev.fovea.datasets.Progress;
import dev.fovea.datasets.TestIcons;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpriteCatalogTest {
    @TempDir
    Path cache;

    /// Icon sets from text: name -> JSON.
    private record TextLibrary(Map<String, String> json) implements IconLibrary {
        @Override
        public String version() {
            return "text";
        }

        @Override
        public List<IconSet> sets() {
            return json.keySet().stream()
                    .map(name -> new IconSet(name, name, name.startsWith("numbered")))
                    .toList();
        }

        @Override
        public InputStream open(IconSet set) {
            String text = Objects.requireNonNull(json.get(set.name()));
            return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
        }
    }

    private SpriteCatalog open(Map<String, String> json) {
        return SpriteCatalog.open(new TextLibrary(new TreeMap<>(json)), cache, Progress.NONE);
    }

    private static List<String> names(SpriteCatalog catalog) {
        return catalog.concepts().stream().map(Concept::name).toList();
    }

    @Test
    void keepsWhatScenesCanUse() {
        String set = """
                {"prefix": "x", "info": {"name": [1, {"a": 2}]}, "icons": {
                  "red-apple": {"body": "<a/>"},
                  "old-apple": {"body": "<b/>", "hidden": true},
                  "hand-dark-skin-tone": {"body": "<c/>"},
                  "hand": {"body": "<d/>"}, "hand-medium-dark": {"body": "<e/>"},
                  "stop-light": {"body": "<f/>"},
                  "flag-peru": {"body": "<g/>"}, "peru": {"body": "<h/>"},
                  "letter-k": {"body": "<i/>"}, "7": {"body": "<j/>"}, "book2": {"body": "<k/>"},
                  "steam": {"body": "<l/>"}, "android": {"body": "<m/>"},
                  "red-apple-again": {"body": "<a/>"}, "blank": {"body": " "}
                 }, "categories": {"Flags": ["peru"], "Extras": ["android"], "Food": ["red-apple"]},
                 "width": 24, "height": 32}
                """;
        try (SpriteCatalog catalog = open(Map.of("x", set))) {
            assertThat(names(catalog)).containsExactly("hand", "red apple", "stop light");
            Concept apple = catalog.concepts().get(1);
            assertThat(apple.thing()).isTrue();
            assertThat(catalog.concepts().get(0).thing()).isFalse();
            Sprite sprite = apple.sprites().getFirst();
            assertThat(sprite.view()).isEqualTo(new Sprite.View(0, 0, 24, 32));
            assertThat(sprite.name()).isEqualTo("red-apple");
            assertThat(catalog.body(sprite)).isEqualTo("<a/>");
        }
    }

    @Test
    void gathersNamesThatMeanTheSame() {
        String one = "{\"icons\": {\"bear-face\": {\"body\": \"<a/>\"}, \"wolf\": {\"body\": \"<b/>\"}}}";
        String two = """
                {"icons": {"bear": {"body": "<c/>", "width": 5, "left": -1}, "left-hand": {"body": "<e/>"}},
                 "aliases": {"bear-face": {"parent": "bear"}, "right-hand": {"parent": "left-hand", "hFlip": true}}}
                """;
        String three = "{\"icons\": {\"bear\": {\"body\": \"<d/>\"}, \"right-hand\": {\"body\": \"<f/>\"}}}";
        try (SpriteCatalog catalog = open(Map.of("one", one, "two", two, "three", three))) {
            assertThat(names(catalog)).containsExactly("bear", "left hand", "right hand", "wolf");
            assertThat(catalog.concepts().getFirst().sprites())
                    .extracting(Sprite::style)
                    .containsExactlyInAnyOrder("one", "two", "three");
            assertThat(catalog.concepts().getFirst().sprites())
                    .extracting(Sprite::view)
                    .contains(new Sprite.View(-1, 0, 5, 16));
        }
    }

    @Test
    void keepsOneOfNumberedVariants() {
        String set =
                "{\"icons\": {\"tub-2\": {\"body\": \"<b/>\"}, \"tub-1\": {\"body\": \"<a/>\"}, \"2\": {\"body\": \"<c/>\"}}}";
        try (SpriteCatalog catalog = open(Map.of("numbered", set))) {
            assertThat(names(catalog)).containsExactly("tub");
            assertThat(catalog.concepts().getFirst().sprites())
                    .extracting(Sprite::name)
                    .containsExactly("tub-1");
        }
    }

    @Test
    void aSecondStartReadsNoIconSet() {
        List<String> work = new ArrayList<>();
        try (SpriteCatalog first = SpriteCatalog.open(
                new TestIcons(), cache, (what, done, total) -> work.add(what + done + "/" + total))) {
            assertThat(work).contains("reading icon sets0/3", "reading icon sets3/3");
            work.clear();
            try (SpriteCatalog second =
                    SpriteCatalog.open(new TestIcons(), cache, (what, done, total) -> work.add(what))) {
                assertThat(work).isEmpty();
                assertThat(second.concepts()).isEqualTo(first.concepts());
                assertThat(second.concepts()).hasSizeGreaterThan(40);
            }
        }
    }

    @Test
    void aDamagedCatalogueIsMadeAgain() throws IOException {
        List<Concept> expected;
        try (SpriteCatalog catalog = SpriteCatalog.open(new TestIcons(), cache, Progress.NONE)) {
            expected = catalog.concepts();
        }
        Path file = cache.resolve("sprites").resolve("catalog-test-1.bin");
        byte[] sound = Files.readAllBytes(file);
        for (int at : new int[] {0, 9, 40, sound.length / 2, sound.length - 1}) {
            byte[] bad = sound.clone();
            bad[at] ^= 4;
            Files.write(file, bad);
            try (SpriteCatalog catalog = SpriteCatalog.open(new TestIcons(), cache, Progress.NONE)) {
                assertThat(catalog.concepts()).as("byte %d", at).isEqualTo(expected);
            }
            assertThat(Files.readAllBytes(file)).isEqualTo(sound);
        }
        Files.write(file, new byte[3]);
        SpriteCatalog.open(new TestIcons(), cache, Progress.NONE).close();
        assertThat(Files.readAllBytes(file)).isEqualTo(sound);
    }

    @Test
    void aDamagedIconSetIsOneClearLine() {
        assertThatThrownBy(() -> open(Map.of("x", "{\"icons\": {\"a\"")))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("icon set x: not an icon set");
    }

    @Test
    void theWebjarHoldsEverySet() throws IOException {
        Webjar webjar = new Webjar();
        for (IconSet set : webjar.sets()) {
            try (InputStream in = webjar.open(set)) {
                assertThat(in.read()).as(set.name()).isEqualTo('{');
            }
        }
        IconSet small = webjar.sets().stream()
                .filter(set -> set.name().equals("flat-color-icons"))
                .findFirst()
                .orElseThrow();
        try (InputStream in = webjar.open(small)) {
            RawSet raw = IconSetReader.read(in);
            assertThat(raw.icons()).hasSize(329);
            assertThat(raw.icons().getFirst().view()).isEqualTo(new Sprite.View(0, 0, 48, 48));
            Set<String> names = Set.of("steam", "google", "debian");
            assertThat(raw.icons())
                    .filteredOn(icon -> names.contains(icon.name()))
                    .hasSize(3)
                    .noneMatch(icon -> IconFilter.keeps(icon, names));
        }
        assertThatThrownBy(() -> webjar.open(new IconSet("nonesuch", "x", false)))
                .hasMessageContaining("org.webjars.npm:iconify__json:2.2.378");
    }
}
