package dev.fovea.reports.plot;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LettersTest {
    @Test
    void builtInFontHasAllOfAscii() {
        StrokeFont font = StrokeFont.load();
        for (int c = 33; c < 127; c++) {
            assertThat(font.has(c)).as("glyph of %c", c).isTrue();
        }
        assertThat(font.width("é", 10)).isEqualTo(font.width("e", 10));
        assertThat(font.width("", 10)).isZero();
        assertThat(font.width("漢", 10)).isPositive();
    }

    /// A machine without fontconfig makes Java fail at the first letter; the picture must come out all the same.
    @Test
    void worksWithoutFontConfiguration() throws Exception {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        Process process = new ProcessBuilder(
                        java,
                        "-Djava.awt.headless=true",
                        "-Dsun.awt.fontconfig=/nowhere/fontconfig.properties",
                        "-Dsun.java2d.fontpath=/nowhere",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Probe.class.getName())
                .redirectErrorStream(true)
                .redirectOutput(File.createTempFile("letters", ".txt"))
                .start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
    }

    /// Draws a chart with whatever letters the machine has.
    static final class Probe {
        private Probe() {}

        public static void main(String[] arguments) {
            LineChart chart = LineChart.of("Loss", java.util.List.of(LineChartTest.noise("a", 30, 1)));
            byte[] png = new ChartSheet("t", 1, java.util.List.of(chart)).png(Letters.best());
            String head = new String(png, 1, 3, StandardCharsets.US_ASCII);
            System.exit(head.equals("PNG") && Letters.best() instanceof Letters.BuiltIn ? 0 : 1);
        }
    }
}
