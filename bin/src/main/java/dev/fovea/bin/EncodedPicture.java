package dev.fovea.bin;

import dev.fovea.datasets.Picture;
import dev.fovea.runtime.encode.Encoding;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One picture that `fovea encode` has encoded.
///
/// @param file as the user named it
/// @param picture upright
/// @param height of the model's input in pixels
/// @param width of the model's input in pixels
/// @param caption what was looked for, for people
/// @param topDown whether the top-down map ranked the patches
/// @param map file of the selection map, or null
record EncodedPicture(
        Path file,
        Picture picture,
        int height,
        int width,
        String caption,
        boolean topDown,
        Encoding encoding,
        double seconds,
        @Nullable Path map) {
    EncodedPicture withMap(@Nullable Path written) {
        return new EncodedPicture(file, picture, height, width, caption, topDown, encoding, seconds, written);
    }

    /// Without the pixels and features, which are large.
    EncodedPicture slim() {
        Encoding e = encoding;
        Encoding slim = new Encoding(e.low(), e.rounds(), e.selected(), List.of(), e.roundPooled());
        return new EncodedPicture(
                file, new Picture(1, 1, new byte[3]), height, width, caption, topDown, slim, seconds, map);
    }
}
