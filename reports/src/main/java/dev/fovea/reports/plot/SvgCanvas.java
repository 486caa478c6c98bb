package dev.fovea.reports.plot;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;
import java.util.IdentityHashMap;
import java.util.Locale;
import javax.imageio.ImageIO;

/// Writes SVG 1.1 text: real `<text>`, CSS custom properties for light and dark, a title and a description for
/// readers
/// who listen. Coordinates carry one decimal; an image used twice is stored once.
final class SvgCanvas implements Canvas {
    static final String[] DASHES = {"", "6 3", "2 3", "8 3 2 3"};

    private final double width;
    private final double height;
    private final StringBuilder body = new StringBuilder();
    private final StringBuilder definitions = new StringBuilder();
    private final IdentityHashMap<BufferedImage, String> images = new IdentityHashMap<>();

    SvgCanvas(double width, double height) {
        this.width = width;
        this.height = height;
    }

    @Override
    public double textWidth(String text, double size, boolean bold) {
        return text.codePoints().mapToDouble(SvgCanvas::widthInEms).sum() * size * (bold ? 1.08 : 1);
    }

    @Override
    public void text(String text, double x, double y, Anchor anchor, Lettering lettering) {
        String where = " x=\"" + number(x) + "\" y=\"" + number(y) + "\"";
        String side = switch (anchor) {
            case START -> "";
            case MIDDLE -> " text-anchor=\"middle\"";
            case END -> " text-anchor=\"end\"";
        };
        letters(text, where + side, lettering);
    }

    @Override
    public void verticalText(String text, double x, double y, Lettering lettering) {
        String where = "translate(" + number(x) + " " + number(y) + ") rotate(-90)";
        letters(text, " text-anchor=\"middle\" transform=\"" + where + "\"", lettering);
    }

    private void letters(String text, String attributes, Lettering lettering) {
        body.append("<text").append(attributes);
        body.append(" font-size=\"").append(number(lettering.size())).append('"');
        if (lettering.bold()) {
            body.append(" font-weight=\"600\"");
        }
        body.append(paint("fill", lettering.ink()))
                .append('>')
                .append(escape(text))
                .append("</text>\n");
    }

    @Override
    public void fill(Area area, Ink ink, double opacity) {
        body.append("<rect").append(place(area)).append(paint("fill", ink)).append(opacity(opacity));
        body.append("/>\n");
    }

    @Override
    public void outline(Area area, Ink ink, double width) {
        body.append("<rect").append(place(area)).append(" fill=\"none\"").append(stroke(ink, width));
        body.append("/>\n");
    }

    @Override
    public void line(double x0, double y0, double x1, double y1, Ink ink, double width) {
        body.append("<path d=\"M%s %sL%s %s\"".formatted(number(x0), number(y0), number(x1), number(y1)));
        body.append(stroke(ink, width)).append("/>\n");
    }

    @Override
    public void polyline(double[] x, double[] y, Ink ink, double width, int dash) {
        body.append("<path d=\"").append(path(x, y)).append("\" fill=\"none\" stroke-linejoin=\"round\"");
        body.append(stroke(ink, width));
        if (dash > 0) {
            body.append(" stroke-dasharray=\"")
                    .append(DASHES[dash % DASHES.length])
                    .append('"');
        }
        body.append("/>\n");
    }

    @Override
    public void polygon(double[] x, double[] y, Ink ink, double opacity) {
        body.append("<path d=\"").append(path(x, y)).append("Z\"").append(paint("fill", ink));
        body.append(opacity(opacity)).append("/>\n");
    }

    @Override
    public void disc(double x, double y, double radius, Ink ink) {
        body.append("<circle cx=\"%s\" cy=\"%s\" r=\"%s\"".formatted(number(x), number(y), number(radius)));
        body.append(paint("fill", ink)).append("/>\n");
    }

    @Override
    public void image(BufferedImage image, Area area, double opacity, boolean smooth) {
        String id = images.computeIfAbsent(image, this::define);
        body.append("<use href=\"#").append(id).append("\" transform=\"translate(");
        body.append(number(area.x())).append(' ').append(number(area.y())).append(") scale(");
        body.append(precise(area.width() / image.getWidth())).append(' ');
        body.append(precise(area.height() / image.getHeight())).append(")\"").append(opacity(opacity));
        body.append(smooth ? "" : " style=\"image-rendering:pixelated\"").append("/>\n");
    }

    private String define(BufferedImage image) {
        String id = "p" + images.size();
        definitions.append("<image id=\"%s\" width=\"%d\" height=\"%d\" preserveAspectRatio=\"none\" href=\""
                .formatted(id, image.getWidth(), image.getHeight()));
        definitions.append("data:image/png;base64,").append(Base64.getEncoder().encodeToString(png(image)));
        definitions.append("\"/>\n");
        return id;
    }

    /// The whole document. Title and description name the picture for screen readers.
    String document(String title, String description) {
        String size =
                "width=\"%1$s\" height=\"%2$s\" viewBox=\"0 0 %1$s %2$s\"".formatted(number(width), number(height));
        StringBuilder out = new StringBuilder(body.length() + 4096);
        out.append("<svg xmlns=\"http://www.w3.org/2000/svg\" ").append(size);
        out.append(" role=\"img\" aria-labelledby=\"title description\"");
        out.append(" font-family=\"system-ui, 'DejaVu Sans', Arial, sans-serif\">\n");
        out.append("<title id=\"title\">").append(escape(title)).append("</title>\n");
        out.append("<desc id=\"description\">").append(escape(description)).append("</desc>\n");
        out.append("<style>\n").append(theme(":root", false));
        out.append("@media (prefers-color-scheme: dark) {")
                .append(theme(":root", true))
                .append("}\n</style>\n");
        if (!definitions.isEmpty()) {
            out.append("<defs>\n").append(definitions).append("</defs>\n");
        }
        return out.append(body).append("</svg>\n").toString();
    }

    private static String theme(String selector, boolean dark) {
        StringBuilder out = new StringBuilder(selector).append(" {");
        for (Ink ink : Ink.values()) {
            out.append(' ').append(ink.variable()).append(": ");
            out.append(dark ? ink.darkHex() : ink.lightHex()).append(';');
        }
        return out.append(" }\n").toString();
    }

    static byte[] png(BufferedImage image) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            if (!ImageIO.write(image, "png", bytes)) {
                throw new IllegalArgumentException("no PNG writer takes image type " + image.getType());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static String path(double[] x, double[] y) {
        StringBuilder out = new StringBuilder(x.length * 10);
        for (int i = 0; i < x.length; i++) {
            out.append(i == 0 ? 'M' : 'L').append(number(x[i])).append(' ').append(number(y[i]));
        }
        return out.toString();
    }

    private static String place(Area a) {
        return " x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\""
                .formatted(number(a.x()), number(a.y()), number(a.width()), number(a.height()));
    }

    private static String stroke(Ink ink, double width) {
        return paint("stroke", ink) + " stroke-width=\"" + number(width) + "\"";
    }

    /// The plain attribute serves viewers that know no custom properties.
    private static String paint(String property, Ink ink) {
        return " %1$s=\"%2$s\" style=\"%1$s:var(%3$s)\"".formatted(property, ink.lightHex(), ink.variable());
    }

    private static String opacity(double opacity) {
        return opacity < 1 ? " opacity=\"" + precise(opacity) + "\"" : "";
    }

    private static String number(double value) {
        long tenths = Math.round(value * 10);
        return tenths % 10 == 0 ? Long.toString(tenths / 10) : String.format(Locale.ROOT, "%.1f", tenths / 10.0);
    }

    private static String precise(double value) {
        return String.format(Locale.ROOT, "%.5f", value).replaceFirst("\\.?0+$", "");
    }

    static String escape(String text) {
        StringBuilder out = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            switch (c) {
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '&' -> out.append("&amp;");
                case '"' -> out.append("&quot;");
                default -> out.appendCodePoint(c < 32 || c == 0xfffe || c == 0xffff || isSurrogate(c) ? ' ' : c);
            }
        });
        return out.toString();
    }

    private static boolean isSurrogate(int c) {
        return c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE;
    }

    private static double widthInEms(int c) {
        if (c >= 0x1100) {
            return c >= 0x2000 && c < 0x2e00 ? 0.9 : 1.1;
        }
        if ("iljI.,:;'|!()[]tfr ".indexOf(c) >= 0) {
            return 0.38;
        }
        if ("mwMW@%".indexOf(c) >= 0) {
            return 0.95;
        }
        return Character.isUpperCase(c) ? 0.7 : 0.61;
    }
}
