package dev.fovea.runtime.bench;

import dev.fovea.dsl.spec.RunSpec;
import dev.fovea.runtime.ir.Op;
import java.util.function.Function;

/// One kernel at one size, as `fovea bench kernels` runs it.
///
/// @param name unique: what, its sizes, and for matrix products the provider
/// @param gemm provider of matrix products that it runs with
/// @param quick whether it belongs to the short selection
/// @param op makes the op
public record KernelCase(String name, RunSpec.Gemm gemm, boolean quick, Function<OneOp.Inputs, Op> op) {}
