package dev.fovea.reports.plot;

import java.awt.BasicStroke;
import java.awt.Graphics2D;
import java.awt.geom.Path2D;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/// A line-drawn font for printable ASCII, made for this project, so that pictures have captions on any machine.
/// Accents
/// are dropped, other characters are drawn as a small box. Glyphs live in `stroke-font.txt`: a character, a tab,
/// then
/// lines of points `xy` on a grid with descender 0, baseline 2, x-height 6 and cap height 8.
final class StrokeFont {
    private static final double UNIT = 0.12;
    private static final int GAP = 2;
    private static final int BASELINE = 2;

    private record Glyph(int width, int[][] lines) {}

    private final Map<Integer, Glyph> glyphs;
    private final Glyph unknown = new Glyph(3, new int[][] {{2, 32, 36, 6, 2}});

    private StrokeFont(Map<Integer, Glyph> glyphs) {
        this.glyphs = glyphs;
    }

    static StrokeFont load() {
        Map<Integer, Glyph> glyphs = new TreeMap<>();
        try (InputStream in = Objects.requireNonNull(StrokeFont.class.getResourceAsStream("stroke-font.txt"));
                BufferedReader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            for (String row = reader.readLine(); row != null; row = reader.readLine()) {
                int tab = row.indexOf('\t');
                if (tab > 0) {
                    glyphs.put(row.codePointAt(0), glyph(row.substring(tab + 1)));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        glyphs.put((int) ' ', new Glyph(1, new int[0][]));
        return new StrokeFont(glyphs);
    }

    private static Glyph glyph(String lines) {
        String[] parts = lines.split(";", -1);
        int[][] points = new int[parts.length][];
        int width = 0;
        for (int i = 0; i < parts.length; i++) {
            points[i] = parts[i].strip()
                    .transform(p -> java.util.Arrays.stream(p.split(" ", -1))
                            .mapToInt(Integer::parseInt)
                            .toArray());
            for (int point : points[i]) {
                width = Math.max(width, point / 10);
            }
        }
        return new Glyph(width, points);
    }

    boolean has(int character) {
        return glyphs.containsKey(character);
    }

    double width(String text, double size) {
        int units = plain(text)
                .codePoints()
                .map(c -> glyphs.getOrDefault(c, unknown).width() + GAP)
                .sum();
        return Math.max(0, units - GAP) * UNIT * size;
    }

    void draw(Graphics2D graphics, String text, double x, double y, double size, boolean bold) {
        double unit = UNIT * size;
        Path2D path = new Path2D.Double();
        double pen = x;
        for (int c : plain(text).codePoints().toArray()) {
            Glyph glyph = glyphs.getOrDefault(c, unknown);
            for (int[] line : glyph.lines()) {
                addLine(path, line, pen, y, unit);
            }
            pen += (glyph.width() + GAP) * unit;
        }
        float weight = (float) (unit * (bold ? 1.25 : 0.8));
        graphics.setStroke(new BasicStroke(weight, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
        graphics.draw(path);
    }

    private static void addLine(Path2D path, int[] line, double x, double y, double unit) {
        for (int i = 0; i < line.length; i++) {
            double px = x + line[i] / 10 * unit;
            double py = y - (line[i] % 10 - BASELINE) * unit;
            if (i == 0) {
                path.moveTo(px, py);
            } else {
                path.lineTo(px, py);
            }
        }
    }

    private static String plain(String text) {
        return Normalizer.normalize(text, Normalizer.Form.NFD).replaceAll("\\p{M}+", "");
    }
}
