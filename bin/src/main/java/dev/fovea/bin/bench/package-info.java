/// `fovea bench`: measuring kernels, steps, encoding and loading, and what all four write, print and compare.
@NullMarked
package dev.fovea.bin.bench;

import org.jspecify.annotations.NullMarked;
