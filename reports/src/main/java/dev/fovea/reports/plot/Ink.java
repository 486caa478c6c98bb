package dev.fovea.reports.plot;

import java.awt.Color;

/// What a mark is for; each theme gives it a colour. Series colours follow Okabe and Ito (told apart by
/// colour-blind
/// readers), brightened for the dark theme. Marks on pictures look the same in both themes.
enum Ink {
    PAPER(0xffffff, 0x15181c),
    TEXT(0x1d2228, 0xe8eaed),
    MUTED(0x59626d, 0xa7b0ba),
    AXIS(0x8a939d, 0x78828d),
    GRID(0xe4e7eb, 0x2c3239),
    SERIES_1(0x0067a8, 0x5cb8f0),
    SERIES_2(0xc84f00, 0xff9550),
    SERIES_3(0x00825f, 0x3ad1a4),
    SERIES_4(0xa8437f, 0xea9fcb),
    SERIES_5(0x8a6a00, 0xf0c846),
    SERIES_6(0x5f4bb6, 0xb4a6ff),
    SERIES_7(0x3e4c59, 0xc3ccd5),
    SERIES_8(0xb3202c, 0xff8a8a),
    TRUTH(0xff2fa0, 0xff2fa0),
    HALO(0xffffff, 0xffffff),
    SCALE_1(0xffd23f, 0xffd23f),
    SCALE_2(0x4cc9f0, 0x4cc9f0),
    SCALE_3(0xff7b54, 0xff7b54),
    SCALE_4(0x9bf29b, 0x9bf29b),
    SHADE(0x000000, 0x000000);

    private static final Ink[] SERIES = {SERIES_1, SERIES_2, SERIES_3, SERIES_4, SERIES_5, SERIES_6, SERIES_7, SERIES_8
    };
    private static final Ink[] SCALES = {SCALE_1, SCALE_2, SCALE_3, SCALE_4};

    private final int light;
    private final int dark;

    Ink(int light, int dark) {
        this.light = light;
        this.dark = dark;
    }

    static Ink series(int index) {
        return SERIES[index % SERIES.length];
    }

    static Ink scale(int index) {
        return SCALES[index % SCALES.length];
    }

    /// Name of the CSS custom property that holds the colour.
    String variable() {
        return "--" + name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }

    String lightHex() {
        return hex(light);
    }

    String darkHex() {
        return hex(dark);
    }

    Color lightColour(double opacity) {
        return new Color(light >> 16 & 255, light >> 8 & 255, light & 255, (int) Math.round(opacity * 255));
    }

    private static String hex(int rgb) {
        return "#%06x".formatted(rgb);
    }
}
