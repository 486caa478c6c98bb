/// Tables and pictures of results. Reads plain values and run folders; knows no tensors.
@NullMarked
package dev.fovea.reports;

import org.jspecify.annotations.NullMarked;
