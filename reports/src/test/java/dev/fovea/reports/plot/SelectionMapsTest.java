package dev.fovea.reports.plot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fovea.reports.plot.SelectionSample.Box;
import dev.fovea.reports.plot.SelectionSample.MapLayer;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;

class SelectionMapsTest {
    @TempDir
    Path folder = Path.of("unset");

    private static SelectionSample sample(String key, int width, int height) {
        byte[] rgb = new byte[3 * width * height];
        Arrays.fill(rgb, (byte) 200);
        double[] scores = new double[7 * 5];
        scores[8] = 1;
        MapLayer bottomUp = new MapLayer("bottom-up", 7, 5, scores, List.of());
        MapLayer topDown = new MapLayer("top-down", 7, 5, scores, List.of(new int[] {4, 4, 5}, new int[] {9, 9, 80}));
        return new SelectionSample(
                key, "a <bell> & \u0007 more", width, height, rgb, new Box(1, 2, 9, 8), List.of(bottomUp, topDown));
    }

    @Test
    void pngHasScoresTruthAndSelectionWhereTheyBelong() throws Exception {
        byte[] png = SelectionMaps.png(List.of(sample("s1", 240, 240)), new Letters.BuiltIn());
        BufferedImage image = ImageIO.read(new ByteArrayInputStream(png));
        int cell = 2 * 232;
        int gap = 2 * 16;
        int top = 2 * (74 + 24);
        int selected = gap + 3 * (cell + gap);
        assertThat(image.getRGB(gap + cell / 2, top + cell / 2) & 0xffffff).isEqualTo(0xc8c8c8);
        // Patch 5 of 4 x 4 is row 1, column 1: its middle stays bright, the middle of patch 10 is darkened.
        assertThat(image.getRGB(selected + cell * 3 / 8, top + cell * 3 / 8) & 0xff)
                .isEqualTo(0xc8);
        assertThat(image.getRGB(selected + cell * 5 / 8, top + cell * 5 / 8) & 0xff)
                .isLessThan(0x60);
        // Patch 80 of 9 x 9 is the last.
        assertThat(image.getRGB(selected + cell * 17 / 18, top + cell * 17 / 18) & 0xff)
                .isEqualTo(0xc8);
        // Score 8 of 7 x 5 is row 1, column 3.
        int hot = image.getRGB(gap + cell + gap + cell * 7 / 10, top + cell * 3 / 14);
        int cold = image.getRGB(gap + cell + gap + cell * 7 / 10, top + cell * 11 / 14);
        assertThat(hot >> 8 & 255).isGreaterThan((cold >> 8 & 255) + 80);
        assertThat(LineChartTest.count(image, 0xff2fa0)).isGreaterThan(20);
    }

    @Test
    void writesAStackedSheetInBothForms() throws Exception {
        List<Path> files = SelectionMaps.write(folder, List.of(sample("s1", 31, 17), sample("s2", 640, 1021)));
        assertThat(files)
                .containsExactly(
                        folder.resolve("results/selection-maps.png"), folder.resolve("results/selection-maps.svg"));
        BufferedImage image = ImageIO.read(files.getFirst().toFile());
        assertThat(image.getHeight()).isGreaterThan(2 * (232 + 100));
        String text = java.nio.file.Files.readString(files.get(1));
        Document svg = LineChartTest.parse(text);
        assertThat(svg.getElementsByTagName("desc").item(0).getTextContent()).contains("s1", "s2", "in box");
        // Each picture once in colour and once in grey, two score maps and a shade per sample, one colour bar.
        assertThat(svg.getElementsByTagName("image").getLength()).isEqualTo(2 * 5 + 1);
        assertThat(text).contains("“a &lt;bell&gt; &amp; more”");
    }

    @Test
    void noSamplesWriteNothing() {
        assertThat(SelectionMaps.write(folder, List.of())).isEmpty();
    }

    @Test
    void wrongSizesAreNamed() {
        assertThatThrownBy(() -> new SelectionSample("k", "", 3, 3, new byte[26], new Box(0, 0, 1, 1), List.of()))
                .hasMessageContaining("sample k: 26 bytes for 3 x 3");
        assertThatThrownBy(() -> new MapLayer("top-down", 2, 3, new double[5], List.of()))
                .hasMessage("layer top-down: 5 scores for 2 x 3");
        assertThatThrownBy(() -> new MapLayer("m", 1, 1, new double[1], List.of(new int[] {2, 2, 4})))
                .hasMessageContaining("patch [2, 2, 4]");
        assertThatThrownBy(() -> new Box(3, 0, 2, 1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void colourMapGetsSteadilyLighter() {
        double last = -1;
        for (int i = 0; i <= 100; i++) {
            int c = ColourMap.colour(i / 100.0);
            double light = 0.2126 * linear(c >> 16) + 0.7152 * linear(c >> 8) + 0.0722 * linear(c);
            double lightness = 116 * Math.cbrt(light) - 16;
            assertThat(lightness).as("lightness of %d %%", i).isBetween(last, last + 3.5 + (i == 0 ? 20 : 0));
            last = lightness;
        }
        assertThat(ColourMap.colour(-3)).isEqualTo(0x440154);
        assertThat(ColourMap.colour(7)).isEqualTo(0xfde725);
        assertThat(ColourMap.colour(Double.NaN)).isEqualTo(0x808080);
    }

    private static double linear(int channel) {
        double v = (channel & 255) / 255.0;
        return v <= 0.04045 ? v / 12.92 : Math.pow((v + 0.055) / 1.055, 2.4);
    }
}
