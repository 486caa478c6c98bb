/// Run folders and journals: the vocabulary that the runtime, which writes runs, shares with the reports, which
/// read
/// them.
@NullMarked
package dev.fovea.dsl.run;

import org.jspecify.annotations.NullMarked;
