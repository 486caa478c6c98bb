/// Tests of what a person sees.
@NullMarked
package dev.fovea.bin.terminal;

import org.jspecify.annotations.NullMarked;
