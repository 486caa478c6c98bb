package dev.fovea.runtime.exec.cpu.onednn;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The functions of the library. Addresses are passed as plain numbers, so that a call makes no objects; whoever
/// calls keeps the memory alive.
@SuppressWarnings("restricted") // calling native code is what this class is for
final class Dnnl {
    private static final Loading LOADING = Loading.load(System.getenv());

    /// status (transa, transb, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc), row-major
    private static final FunctionDescriptor PRODUCT = FunctionDescriptor.of(
            JAVA_INT,
            JAVA_BYTE,
            JAVA_BYTE,
            JAVA_LONG,
            JAVA_LONG,
            JAVA_LONG,
            JAVA_FLOAT,
            JAVA_LONG,
            JAVA_LONG,
            JAVA_LONG,
            JAVA_LONG,
            JAVA_FLOAT,
            JAVA_LONG,
            JAVA_LONG);

    // Constants, for a handle that the compiler knows is called ten times as fast as one it must look up.
    private static final @Nullable MethodHandle FLOATS = handle("dnnl_sgemm", PRODUCT);
    private static final @Nullable MethodHandle HALVES = handle("dnnl_gemm_bf16bf16f32", PRODUCT);

    private Dnnl() {}

    /// How the library was opened, or why not.
    static Loading loading() {
        return LOADING;
    }

    private static @Nullable MethodHandle handle(String name, FunctionDescriptor type) {
        SymbolLookup symbols = LOADING.symbols();
        return symbols == null ? null : Linker.nativeLinker().downcallHandle(symbols.findOrThrow(name), type);
    }

    /// c = op(a) op(b) + beta c in float32.
    ///
    /// @return the library's status, 0 if all is well
    static int floats(
            byte transA,
            byte transB,
            long m,
            long n,
            long k,
            long a,
            long lda,
            long b,
            long ldb,
            float beta,
            long c,
            long ldc) {
        try {
            return (int) Objects.requireNonNull(FLOATS)
                    .invokeExact(transA, transB, m, n, k, 1f, a, lda, b, ldb, beta, c, ldc);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /// c = op(a) op(b) + beta c with a and b in bfloat16, added up in float32.
    ///
    /// @return the library's status, 0 if all is well
    static int halves(
            byte transA,
            byte transB,
            long m,
            long n,
            long k,
            long a,
            long lda,
            long b,
            long ldb,
            float beta,
            long c,
            long ldc) {
        try {
            return (int) Objects.requireNonNull(HALVES)
                    .invokeExact(transA, transB, m, n, k, 1f, a, lda, b, ldb, beta, c, ldc);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /// Version as `3.13.0`.
    static String version() {
        try {
            MethodHandle function = Objects.requireNonNull(handle("dnnl_version", FunctionDescriptor.of(ADDRESS)));
            MemorySegment numbers = ((MemorySegment) function.invokeExact()).reinterpret(3 * JAVA_INT.byteSize());
            return numbers.getAtIndex(JAVA_INT, 0) + "." + numbers.getAtIndex(JAVA_INT, 1) + "."
                    + numbers.getAtIndex(JAVA_INT, 2);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /// The number of the instruction set that the library uses, as in its `dnnl_cpu_isa_t`.
    static int instructions() {
        try {
            return (int) Objects.requireNonNull(handle("dnnl_get_effective_cpu_isa", FunctionDescriptor.of(JAVA_INT)))
                    .invokeExact();
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /// Keeps the library from printing, whatever its environment variables say: standard output is the program's.
    static void silence() {
        try {
            int status =
                    (int) Objects.requireNonNull(handle("dnnl_set_verbose", FunctionDescriptor.of(JAVA_INT, JAVA_INT)))
                            .invokeExact(0);
            if (status != 0) {
                throw new IllegalStateException("dnnl_set_verbose: status " + status);
            }
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    private static RuntimeException unexpected(Throwable e) {
        return switch (e) {
            case RuntimeException r -> r;
            case Error error -> throw error;
            default -> new IllegalStateException(e);
        };
    }
}
