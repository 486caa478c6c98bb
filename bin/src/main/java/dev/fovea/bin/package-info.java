/// The `fovea` command: its verbs, exit codes and error messages.
@NullMarked
package dev.fovea.bin;

import org.jspecify.annotations.NullMarked;
