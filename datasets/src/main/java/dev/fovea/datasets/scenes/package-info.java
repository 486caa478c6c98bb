/// Scenes composed on the fly: which things lie where (a layout), and the picture of it.
@NullMarked
package dev.fovea.datasets.scenes;

import org.jspecify.annotations.NullMarked;
