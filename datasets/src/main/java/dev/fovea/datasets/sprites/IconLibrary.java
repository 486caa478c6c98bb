package dev.fovea.datasets.sprites;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/// Where icon sets come from.
public interface IconLibrary {
    /// Changes whenever the sets' contents change; part of the key of everything cached.
    String version();

    /// The sets, in a fixed order.
    List<IconSet> sets();

    /// The Iconify JSON of a set; the caller closes it.
    ///
    /// @throws IOException if the set is not there
    InputStream open(IconSet set) throws IOException;
}
