package dev.fovea.bin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fovea.bin.Cli.Said;
import dev.fovea.datasets.Tokenizers;
import dev.fovea.datasets.text.WordTokenizer;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowFileReader;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// `fovea encode` on a small model with random weights: scales 56 and 112, patches of 14, 16 tokens a look.
class EncodeVerbTest {
    private static final int LOW = 16;
    private static final int HIGH = 64;

    @TempDir
    private Path folder = Path.of("");

    private String key = "";

    @BeforeEach
    void aRunAndAPicture() throws IOException {
        SplittableRandom random = new SplittableRandom(3);
        key = SmallRun.write(folder, _ -> (float) random.nextDouble(-0.2, 0.2));
        picture("a.png", BufferedImage.TYPE_INT_RGB);
    }

    private void picture(String name, int type) throws IOException {
        BufferedImage image = new BufferedImage(90, 60, type);
        Graphics2D graphics = image.createGraphics();
        graphics.setColor(new Color(200, 30, 90));
        graphics.fillRect(20, 10, 25, 35);
        graphics.setColor(Color.GREEN);
        graphics.fillOval(55, 20, 20, 30);
        graphics.dispose();
        ImageIO.write(
                image,
                name.substring(name.indexOf('.') + 1),
                folder.resolve(name).toFile());
    }

    private Said run(String... arguments) {
        List<String> all = new ArrayList<>(List.of("encode", "--checkpoint", key, "--threads", "1"));
        all.addAll(List.of(arguments));
        return Cli.in(folder).run(all.toArray(String[]::new));
    }

    private JsonNode json(String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.add("--json");
        Said said = run(all.toArray(String[]::new));
        assertThat(said.code()).as(said.err()).isZero();
        return JsonMapper.shared().readTree(said.out()).path("pictures").get(0);
    }

    @ParameterizedTest
    @CsvSource({
        "--look-close, 0, 0",
        "--look-close, 1, 16",
        "--look-close, 3, 48",
        "--look-close, all, 64",
        "--tokens, 5, 5",
        "--tokens, 20, 20",
        "--tokens, 999, 64"
    })
    void looksAsCloselyAsAsked(String option, String value, int tokens) {
        JsonNode one = json("a.png", option, value);
        assertThat(one.path("low_tokens").asInt()).isEqualTo(LOW);
        assertThat(one.path("selected").get(0).asInt()).isEqualTo(tokens);
        assertThat(one.path("rounds").size()).isEqualTo((tokens + 15) / 16);
        assertThat(one.path("high_pooled").size()).isEqualTo((tokens + 15) / 16);
    }

    @Test
    void writesFeaturesInOrderWithTheirPlaces() throws IOException {
        Said said = run("a.png", "--look-close", "all", "--layers", "2", "--out", "out/f.arrow", "--maps", "maps");
        assertThat(said.code()).as(said.err()).isZero();
        assertThat(said.out()).contains("a.png", "features in out/f.arrow", "maps in maps");
        BufferedImage map = ImageIO.read(folder.resolve("maps/a.png").toFile());
        assertThat(map.getWidth()).isGreaterThan(600);
        try (RootAllocator allocator = new RootAllocator();
                FileChannel channel = FileChannel.open(folder.resolve("out/f.arrow"), StandardOpenOption.READ);
                ArrowFileReader reader = new ArrowFileReader(channel, allocator)) {
            VectorSchemaRoot root = reader.getVectorSchemaRoot();
            assertThat(root.getSchema().getCustomMetadata()).containsEntry("fovea.scales", "[56, 112]");
            assertThat(reader.loadNextBatch()).isTrue();
            assertThat(root.getRowCount()).isEqualTo(LOW + HIGH);
            Set<Object> places = new HashSet<>();
            for (int i = 0; i < LOW + HIGH; i++) {
                int side = i < LOW ? 4 : 8, at = i < LOW ? i : i - LOW;
                assertThat(root.getVector("image").getObject(i)).hasToString("a.png");
                assertThat(root.getVector("scale").getObject(i)).isEqualTo(i < LOW ? 56 : 112);
                assertThat(root.getVector("row").getObject(i)).isEqualTo(at / side);
                assertThat(root.getVector("column").getObject(i)).isEqualTo(at % side);
                places.add(root.getVector("round").getObject(i));
                for (String layer : List.of("hidden.0", "hidden.1")) {
                    List<?> feature = (List<?>) root.getVector(layer).getObject(i);
                    assertThat(feature).hasSize(48).allMatch(x -> Float.isFinite((Float) x));
                }
            }
            assertThat(places).containsExactlyInAnyOrder(-1, 0, 1, 2, 3);
        }
    }

    @ParameterizedTest
    @CsvSource({"gray.png, 10", "palette.png, 13", "alpha.png, 2", "plain.jpg, 1", "plain.bmp, 1"})
    void readsAllKindsOfPictures(String name, int type) throws IOException {
        picture(name, type);
        assertThat(json(name).path("low_pooled").size()).isEqualTo(48);
    }

    @Test
    void aPromptChangesTheChoiceAndNeedsATokenizer() throws IOException {
        Said without = run("a.png", "--prompt", "a red box");
        assertThat(without.code()).isEqualTo(2);
        assertThat(without.error()).contains("--prompt needs the model's tokenizer", "--tokenizer");
        Tokenizers.save(WordTokenizer.of(List.of("a red box", "a green ball")), folder.resolve("t.json"));
        JsonNode red = json("a.png", "--prompt", "a red box", "--tokenizer", "t.json");
        JsonNode green = json("a.png", "--prompt", "a green ball", "--tokenizer", "t.json");
        assertThat(red.path("strategy").asString()).isEqualTo("top-down");
        assertThat(red.path("scores").size()).isEqualTo(LOW);
        assertThat(red.path("scores")).isNotEqualTo(green.path("scores"));
        assertThat(red.path("low_pooled")).isEqualTo(green.path("low_pooled"));
    }

    @Test
    void keepingTheAspectGivesOblongGrids() {
        assertThat(json("a.png", "--aspect", "keep").path("grids").get(0).toString())
                .isEqualTo("[4,8]");
        assertThat(json("a.png").path("grids").get(0).toString()).isEqualTo("[8,8]");
    }

    @Test
    void aBrokenPictureIsNamedAndTheOthersAreEncoded() throws IOException {
        Files.writeString(folder.resolve("bad.jpg"), "no picture");
        Said said = run("bad.jpg", "a.png", "--out", "f.arrow");
        assertThat(said.code()).isEqualTo(4);
        assertThat(said.err()).contains("bad.jpg: not a picture of a known format");
        assertThat(said.out()).contains("a.png");
        assertThat(folder.resolve("f.arrow")).exists();
    }

    @Test
    void wrongOptionsEndWithTwoBeforeAnythingIsWritten() {
        for (Map.Entry<String, List<String>> wrong : Map.of(
                        "b.png: no such picture", List.of("b.png"),
                        "--look-close: 'often' is neither", List.of("a.png", "--look-close", "often"),
                        "give one of the two", List.of("a.png", "--look-close", "1", "--tokens", "3"),
                        "--tokens: -1 tokens", List.of("a.png", "--tokens", "-1"),
                        "--layers 9: the model has 2 blocks", List.of("a.png", "--layers", "9"),
                        "--first-scales 2: the model has 1 high scales", List.of("a.png", "--first-scales", "2"))
                .entrySet()) {
            List<String> all = new ArrayList<>(wrong.getValue());
            all.addAll(List.of("--out", "f.arrow"));
            Said said = run(all.toArray(String[]::new));
            assertThat(said.code()).as(wrong.getKey()).isEqualTo(2);
            assertThat(said.err()).contains(wrong.getKey());
        }
        assertThat(folder.resolve("f.arrow")).doesNotExist();
    }
}
