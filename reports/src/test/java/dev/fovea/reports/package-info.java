@NullMarked
package dev.fovea.reports;

import org.jspecify.annotations.NullMarked;
