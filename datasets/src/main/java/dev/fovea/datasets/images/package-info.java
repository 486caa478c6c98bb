/// Decoding, encoding, resizing and cropping of pictures.
@NullMarked
package dev.fovea.datasets.images;

import org.jspecify.annotations.NullMarked;
