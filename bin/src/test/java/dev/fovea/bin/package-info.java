/// Tests of the command line, in this process.
@NullMarked
package dev.fovea.bin;

import org.jspecify.annotations.NullMarked;
