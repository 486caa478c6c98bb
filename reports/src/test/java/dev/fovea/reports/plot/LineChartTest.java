package dev.fovea.reports.plot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

class LineChartTest {
    @TempDir
    Path folder = Path.of("unset");

    static Series noise(String name, int n, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        double[] x = new double[n];
        double[] y = new double[n];
        for (int i = 0; i < n; i++) {
            x[i] = i;
            y[i] = 4 * Math.exp(-i / 300.0) + 0.2 * random.nextDouble();
        }
        return new Series(name, x, y);
    }

    static Document parse(String svg) throws Exception {
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)));
    }

    private static List<String> texts(Document svg) {
        NodeList nodes = svg.getElementsByTagName("text");
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < nodes.getLength(); i++) {
            texts.add(nodes.item(i).getTextContent());
        }
        return texts;
    }

    @Test
    void svgIsWellFormedSmallAndAccessible() throws Exception {
        LineChart chart = LineChart.of("Loss <of> \"all\" & none", List.of(noise("a&b", 20_001, 1), noise("c", 777, 2)))
                .withAxes("step", "nats")
                .smoothed(50);
        String text = new ChartSheet(chart.title(), 1, List.of(chart)).svg();
        Document svg = parse(text);
        assertThat(text.length()).isLessThan(40_000);
        assertThat(text).contains("prefers-color-scheme: dark");
        Element root = svg.getDocumentElement();
        assertThat(root.getAttribute("role")).isEqualTo("img");
        assertThat(root.getAttribute("aria-labelledby")).isEqualTo("title description");
        assertThat(svg.getElementsByTagName("title").item(0).getTextContent()).isEqualTo(chart.title());
        assertThat(svg.getElementsByTagName("desc").item(0).getTextContent()).contains("a&b from");
        assertThat(texts(svg)).contains(chart.title(), "a&b", "c", "step", "nats", "0", "20k");
    }

    @Test
    void nothingIsDrawnOutsideTheSheet() throws Exception {
        LineChart chart = LineChart.of("t", List.of(noise("a very long name ".repeat(9), 50, 3), noise("b", 50, 4)));
        Document svg = parse(new ChartSheet("t", 1, List.of(chart)).svg());
        double width = Double.parseDouble(svg.getDocumentElement().getAttribute("width"));
        double height = Double.parseDouble(svg.getDocumentElement().getAttribute("height"));
        NodeList paths = svg.getElementsByTagName("path");
        assertThat(paths.getLength()).isGreaterThan(5);
        for (int i = 0; i < paths.getLength(); i++) {
            String[] numbers = ((Element) paths.item(i))
                    .getAttribute("d")
                    .replaceAll("[MLZ]", " ")
                    .strip()
                    .split("\\s+", -1);
            for (int k = 0; k < numbers.length; k += 2) {
                assertThat(Double.parseDouble(numbers[k])).isBetween(0.0, width);
                assertThat(Double.parseDouble(numbers[k + 1])).isBetween(0.0, height);
            }
        }
        assertThat(texts(svg)).anyMatch(t -> t.endsWith("…"));
    }

    @Test
    void pngShowsTheCurveInItsColour() throws Exception {
        LineChart chart = LineChart.of("t", List.of(noise("a", 50, 3)));
        List<Path> files = chart.write(folder.resolve("deep/er"), "loss");
        assertThat(files).extracting(p -> p.getFileName().toString()).containsExactly("loss.svg", "loss.png");
        BufferedImage image = ImageIO.read(files.get(1).toFile());
        assertThat(image.getWidth()).isEqualTo(2 * 496);
        assertThat(count(image, 0x0067a8)).isGreaterThan(500);
        try (var left = Files.list(folder.resolve("deep/er"))) {
            assertThat(left).hasSize(2);
        }
    }

    @Test
    void everyLetteringGivesAPicture() throws Exception {
        LineChart chart = LineChart.of("Ärger 漢", List.of(noise("a", 50, 3))).withAxes("x", "y");
        byte[] png = new ChartSheet("t", 1, List.of(chart)).png(new Letters.BuiltIn());
        assertThat(count(ImageIO.read(new ByteArrayInputStream(png)), 0x1d2228)).isGreaterThan(50);
    }

    @Test
    void emptyAndConstantAndBrokenCurvesDraw() throws Exception {
        Series constant = new Series("c", new double[] {0, 1}, new double[] {2, 2});
        Series nothing = new Series("n", new double[0], new double[0]);
        Series broken = new Series("b", new double[] {0, 1, 2}, new double[] {Double.NaN, 1, Double.NaN});
        for (Series s : List.of(constant, nothing, broken)) {
            parse(new ChartSheet("t", 1, List.of(LineChart.of("t", List.of(s)).fromZero())).svg());
            parse(new ChartSheet("t", 1, List.of(LineChart.of("t", List.of(s)).inDecades())).svg());
        }
    }

    @Test
    void seriesMustBeAscendingAndPaired() {
        assertThatThrownBy(() -> new Series("a", new double[2], new double[3]))
                .hasMessage("series a: 2 positions but 3 values");
        assertThatThrownBy(() -> new Series("a", new double[] {2, 1}, new double[2]))
                .hasMessage("series a: position 1.0 after 2.0");
    }

    static long count(BufferedImage image, int rgb) {
        long count = 0;
        for (int y = 0; y < image.getHeight(); y++) {
            for (int x = 0; x < image.getWidth(); x++) {
                count += (image.getRGB(x, y) & 0xffffff) == rgb ? 1 : 0;
            }
        }
        return count;
    }

    /// Two curves of four points: the first measured to its end, the second with its last point predicted.
    @Test
    void predictedPointsAreHollowAndDashed() throws Exception {
        double[] x = {378, 756, 1512, 3780};
        LineChart chart = LineChart.of(
                        "Step",
                        List.of(
                                new Series("selected", x, new double[] {0.5, 3, 3.1, 3.2}),
                                new Series("all", x, new double[] {0.5, 3.5, 30, 900}, 3)))
                .withAxes("pixels", "seconds")
                .inDecades()
                .withMarksAt(List.of(378.0, 756.0, 1512.0, 3780.0));
        String svg = new ChartSheet("Step", 1, List.of(chart)).svg();
        assertThat(texts(parse(svg))).contains("378", "756", "1512", "3780", "0.1", "1000", "pixels", "seconds");
        assertThat(svg.split("stroke-dasharray", -1))
                .as("dashes before one point")
                .hasSize(2);
        String measured = svg.replaceAll("(?s)<path[^>]*var\\(--paper\\)[^>]*/>", "");
        assertThat(svg.length() - measured.length()).as("one hole").isPositive();
        Series all = new Series("all", x, new double[] {0.5, 3.5, 30, 900});
        String solid = new ChartSheet(
                        "Step",
                        1,
                        List.of(LineChart.of("Step", List.of(all, all)).withMarksAt(List.of(378.0, 3780.0))))
                .svg();
        assertThat(solid).doesNotContain("stroke-dasharray");
        assertThatThrownBy(() -> new Series("all", x, x, 5)).hasMessage("series all: 5 of 4 measured");
    }
}
