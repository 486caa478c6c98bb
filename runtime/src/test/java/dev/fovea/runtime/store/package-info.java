/// Tests of stored files.
@org.jspecify.annotations.NullMarked
package dev.fovea.runtime.store;
