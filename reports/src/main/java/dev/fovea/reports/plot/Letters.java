package dev.fovea.reports.plot;

import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.font.FontRenderContext;
import java.awt.geom.AffineTransform;
import java.awt.image.BufferedImage;

/// Draws text on a picture: with the machine's sans-serif font, or with the built-in [StrokeFont] where there is
/// none
/// (cluster nodes often lack fontconfig, and Java then fails at the first letter).
sealed interface Letters {
    /// Width of `text` in canvas units.
    double width(String text, double size, boolean bold);

    /// Draws `text` from x rightwards, baseline at y, in the colour already set.
    void draw(Graphics2D graphics, String text, double x, double y, double size, boolean bold);

    /// The machine's font when it works, else the built-in one.
    static Letters best() {
        try {
            Letters system = new SystemFont();
            BufferedImage probe = new BufferedImage(32, 16, BufferedImage.TYPE_INT_RGB);
            Graphics2D graphics = probe.createGraphics();
            system.draw(graphics, "Ag1", 1, 12, 12, false);
            graphics.dispose();
            return system.width("Ag1", 12, false) > 0 ? system : new BuiltIn();
        } catch (RuntimeException | LinkageError | InternalError noFonts) {
            return new BuiltIn();
        }
    }

    /// Lettering by Java's logical font `SansSerif`.
    record SystemFont() implements Letters {
        @Override
        public double width(String text, double size, boolean bold) {
            FontRenderContext context = new FontRenderContext(new AffineTransform(), true, true);
            return font(size, bold).getStringBounds(text, context).getWidth();
        }

        @Override
        public void draw(Graphics2D graphics, String text, double x, double y, double size, boolean bold) {
            FontRenderContext context = graphics.getFontRenderContext();
            // Filled outlines keep the spacing of the layout at every magnification.
            graphics.fill(font(size, bold).createGlyphVector(context, text).getOutline((float) x, (float) y));
        }

        private static Font font(double size, boolean bold) {
            return new Font(Font.SANS_SERIF, bold ? Font.BOLD : Font.PLAIN, 1).deriveFont((float) size);
        }
    }

    /// Lettering by [StrokeFont].
    record BuiltIn(StrokeFont font) implements Letters {
        BuiltIn() {
            this(StrokeFont.load());
        }

        @Override
        public double width(String text, double size, boolean bold) {
            return font.width(text, size);
        }

        @Override
        public void draw(Graphics2D graphics, String text, double x, double y, double size, boolean bold) {
            font.draw(graphics, text, x, y, size, bold);
        }
    }
}
