/// Matrix products by oneDNN, called through the foreign-function API: three functions of one native library,
/// which comes as a jar for this platform and is unpacked into the user's cache.
@NullMarked
package dev.fovea.runtime.exec.cpu.onednn;

import org.jspecify.annotations.NullMarked;
