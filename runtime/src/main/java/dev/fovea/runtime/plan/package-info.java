/// From graph to schedule: cutting at host calls, memory planning, and the check of both.
@NullMarked
package dev.fovea.runtime.plan;

import org.jspecify.annotations.NullMarked;
