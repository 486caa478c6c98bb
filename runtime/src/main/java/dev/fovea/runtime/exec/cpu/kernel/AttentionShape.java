package dev.fovea.runtime.exec.cpu.kernel;

/// The sizes of a self-attention, and where things lie in its arrays.
///
/// Legend: B batch, N own tokens, M cached tokens, H heads, C width of a head, D = H * C. Rows of qkv (B,N,3D)
/// and cache (B,M,3D) hold query, key and value; heads are contiguous inside each. Keys are numbered over the
/// cache first.
///
/// @param tokens N
/// @param cached M
/// @param causal whether a token sees no later own token
public record AttentionShape(int batch, int tokens, int cached, int heads, int headWidth, boolean causal) {
    /// M + N
    public int keys() {
        return cached + tokens;
    }

    /// D
    public int width() {
        return heads * headWidth;
    }

    /// Floats from one row of qkv or cache to the next.
    int stride() {
        return 3 * width();
    }

    float scale() {
        return (float) (1 / Math.sqrt(headWidth));
    }

    /// First float of query (part 0), key (1) or value (2) of own token `token` in qkv.
    long own(int b, int h, int token, int part) {
        return ((long) b * tokens + token) * stride() + (long) part * width() + (long) h * headWidth;
    }

    /// First float of query (part 0), key (1) or value (2) of cached token `token` in cache.
    long cache(int b, int h, int token, int part) {
        return ((long) b * cached + token) * stride() + (long) part * width() + (long) h * headWidth;
    }

    /// First float of head `h` of token `token` in an array (B,N,D).
    long output(int b, int h, int token) {
        return ((long) b * tokens + token) * width() + (long) h * headWidth;
    }

    /// Index of a query in an array (B,H,N).
    long query(int b, int h, int token) {
        return ((long) b * heads + h) * tokens + token;
    }

    /// Keys that the queries before `endQuery` may see.
    int visible(int endQuery) {
        return causal ? cached + endQuery : keys();
    }

    /// The first query that may see key `key`.
    int firstQuery(int key) {
        return causal ? Math.max(0, key - cached) : 0;
    }
}
