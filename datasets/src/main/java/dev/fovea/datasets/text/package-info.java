/// Captions: cleaning, processing for training, and tokens.
@NullMarked
package dev.fovea.datasets.text;

import org.jspecify.annotations.NullMarked;
