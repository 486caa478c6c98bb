package dev.fovea.runtime.exec.cpu.onednn;

/// The one answer of this process.
final class Found {
    static final OneDnn ONLY = look();

    /// The bits of `dnnl_cpu_isa_avx512_core_bf16`; later instruction sets hold them too.
    private static final int BF16 = 0xe7;

    private Found() {}

    private static OneDnn look() {
        Loading loading = Dnnl.loading();
        if (loading.symbols() == null) {
            return new OneDnn.Missing(loading.reason());
        }
        Dnnl.silence();
        int isa = Dnnl.instructions();
        boolean bf16 = loading.x86() && (isa & BF16) == BF16;
        return new OneDnn.Usable(Dnnl.version(), loading.x86() ? name(isa) : "", bf16);
    }

    /// Names from oneDNN's `dnnl_types.h`.
    private static String name(int isa) {
        return switch (isa) {
            case 0x1 -> "sse41";
            case 0x3 -> "avx";
            case 0x7 -> "avx2";
            case 0xf -> "avx2_vnni";
            case 0x1f -> "avx2_vnni_2";
            case 0x27 -> "avx512_core";
            case 0x67 -> "avx512_core_vnni";
            case BF16 -> "avx512_core_bf16";
            case 0x1ef -> "avx10_1_512";
            case 0xfef -> "avx10_1_512_amx";
            case 0x1fef -> "avx10_1_512_amx_fp16";
            default -> "isa_" + Integer.toHexString(isa);
        };
    }
}
