/// Encoding pictures with a trained model: the low-resolution pass, the choice of patches, and as many rounds of
/// high-resolution encoding as wanted.
@NullMarked
package dev.fovea.runtime.encode;

import org.jspecify.annotations.NullMarked;
