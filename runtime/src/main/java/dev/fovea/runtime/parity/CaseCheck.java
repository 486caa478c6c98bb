package dev.fovea.runtime.parity;

import dev.fovea.runtime.exec.Backend;

/// One kind of recorded case: how it is recognised, and how its outputs are computed with our own code.
///
/// To add a kind, implement this and list it in [Parity#CHECKS]; the first check that matches a case runs it.
public interface CaseCheck {
    /// The kind in a few words, such as `low-resolution pass`.
    String kind();

    /// Whether this check computes the outputs of `c`, told by the recorded call and tensors, never by the name.
    boolean matches(GoldenCase c);

    /// Computes every output of `c` on `backend` and hands each to `out`. What is thrown becomes a failure of the
    /// case, and so does every recorded output that was not handed over.
    ///
    /// @throws GoldenException if the case asks for something that cannot be computed
    void run(GoldenCase c, Backend backend, Findings out);
}
