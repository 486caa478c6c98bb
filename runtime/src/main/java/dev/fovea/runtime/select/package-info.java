/// Choosing patches: budgets, score maps and top-k, as pure functions.
@NullMarked
package dev.fovea.runtime.select;

import org.jspecify.annotations.NullMarked;
