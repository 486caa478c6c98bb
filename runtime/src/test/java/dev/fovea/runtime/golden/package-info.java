/// Recorded numerics of the reference, for tests.
@org.jspecify.annotations.NullMarked
package dev.fovea.runtime.golden;
