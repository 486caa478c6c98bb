/// Tests of run folders and journals.
@org.jspecify.annotations.NullMarked
package dev.fovea.dsl.run;
