package dev.fovea.datasets.sprites;

import com.github.weisj.jsvg.SVGDocument;
import com.github.weisj.jsvg.parser.LoaderContext;
import com.github.weisj.jsvg.parser.SVGLoader;
import com.github.weisj.jsvg.view.ViewBox;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferInt;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/// Draws SVG icons in memory.
final class SpriteRenderer {
    /// Changes whenever the same icon would be drawn differently; part of the cache's key.
    static final String VERSION = "jsvg-2.1.0-a";

    private static final Pattern FOREIGN = Pattern.compile("(?s)<foreignObject.*?</foreignObject>");

    private SpriteRenderer() {}

    /// The icon as a document of its own.
    static String document(Sprite.View view, String body, int side) {
        // Drawing programs wrap everything in <switch> with a foreign alternative first; the renderer would show
        // nothing.
        String plain =
                FOREIGN.matcher(body).replaceAll("").replace("<switch", "<g").replace("</switch", "</g");
        return "<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\" width=\"" + side
                + "\" height=\"" + side + "\" viewBox=\"" + view.left() + " " + view.top() + " " + view.width() + " "
                + view.height() + "\">" + plain + "</svg>";
    }

    /// Draws a document into a square and cuts it tight.
    ///
    /// @throws IOException if it cannot be read or shows nothing
    static Cutout render(String document, int side) throws IOException {
        BufferedImage image = new BufferedImage(side, side, BufferedImage.TYPE_INT_ARGB_PRE);
        Graphics2D graphics = image.createGraphics();
        try {
            SVGDocument svg = new SVGLoader()
                    .load(
                            new ByteArrayInputStream(document.getBytes(StandardCharsets.UTF_8)),
                            null,
                            LoaderContext.createDefault());
            if (svg == null) {
                throw new IOException("not an SVG document");
            }
            graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
            graphics.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
            graphics.setRenderingHint(RenderingHints.KEY_RENDERING, RenderingHints.VALUE_RENDER_QUALITY);
            svg.render((java.awt.Component) null, graphics, new ViewBox(0, 0, side, side));
        } catch (RuntimeException e) {
            throw new IOException("cannot draw: " + e, e);
        } finally {
            graphics.dispose();
        }
        int[] pixels = ((DataBufferInt) image.getRaster().getDataBuffer()).getData();
        Cutout cutout = new Cutout(side, side, pixels).trim();
        if (cutout.isEmpty()) {
            throw new IOException("nothing to see in the drawing");
        }
        return cutout;
    }
}
