/// TornadoVM on this machine. For now this finds out whether a TornadoVM SDK and a device can be used and says
/// which
/// one thing is missing; the backend itself, its kernels and their simulator are still to come, and until then a
/// spec with `backend: tornado` ends with exit code 6.
@NullMarked
package dev.fovea.kernels;

import org.jspecify.annotations.NullMarked;
