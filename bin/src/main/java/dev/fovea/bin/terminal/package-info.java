/// What a person sees: colours, tables, quantities, the live progress line.
@NullMarked
package dev.fovea.bin.terminal;

import org.jspecify.annotations.NullMarked;
