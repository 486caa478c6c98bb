/// The typed spec: one record a section. WHAT sections enter the run key, HOW sections never do.
@NullMarked
package dev.fovea.dsl.spec;

import org.jspecify.annotations.NullMarked;
