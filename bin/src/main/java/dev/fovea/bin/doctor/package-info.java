/// What `fovea doctor` looks at.
@NullMarked
package dev.fovea.bin.doctor;

import org.jspecify.annotations.NullMarked;
