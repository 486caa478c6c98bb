/// Tests of the comparison with recorded cases.
@org.jspecify.annotations.NullMarked
package dev.fovea.runtime.parity;
