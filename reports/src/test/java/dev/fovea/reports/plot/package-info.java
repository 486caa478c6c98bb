@NullMarked
package dev.fovea.reports.plot;

import org.jspecify.annotations.NullMarked;
