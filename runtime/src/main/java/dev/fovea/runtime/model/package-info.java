/// PS3 as a tensor program: the two vision passes, patch selection, the text tower. Parameter names and layouts are
/// those
/// of the released checkpoints (ps3-spec 1.13).
@NullMarked
package dev.fovea.runtime.model;

import org.jspecify.annotations.NullMarked;
