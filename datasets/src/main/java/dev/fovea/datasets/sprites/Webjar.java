package dev.fovea.datasets.sprites;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/// The colour-emoji families and colour icons of the Iconify webjar on the class path (`datasets/LICENSES.md`).
public final class Webjar implements IconLibrary {
    private static final String VERSION = "2.2.378";
    private static final String FOLDER = "META-INF/resources/webjars/iconify__json/" + VERSION + "/json/";

    private static final List<IconSet> SETS = List.of(
            new IconSet("openmoji", "openmoji", false),
            new IconSet("twemoji", "twemoji", false),
            new IconSet("noto", "noto", false),
            new IconSet("noto-v1", "noto-v1", false),
            new IconSet("emojione", "emojione", false),
            new IconSet("emojione-v1", "emojione", false),
            new IconSet("fluent-emoji-flat", "fluent", false),
            new IconSet("streamline-emojis", "streamline", true),
            new IconSet("flat-color-icons", "flat-color-icons", true));

    @Override
    public String version() {
        return "iconify-" + VERSION;
    }

    @Override
    public List<IconSet> sets() {
        return SETS;
    }

    @Override
    public InputStream open(IconSet set) throws IOException {
        String resource = FOLDER + set.name() + ".json";
        InputStream stream = Webjar.class.getClassLoader().getResourceAsStream(resource);
        if (stream == null) {
            throw new FileNotFoundException(
                    resource + " is not on the class path; add the jar org.webjars.npm:" + "iconify__json:" + VERSION);
        }
        return stream;
    }
}
