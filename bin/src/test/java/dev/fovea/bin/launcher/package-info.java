/// The shell scripts, run with a JDK and a Maven made of a few lines of shell, so that nothing is built.
@NullMarked
package dev.fovea.bin.launcher;

import org.jspecify.annotations.NullMarked;
