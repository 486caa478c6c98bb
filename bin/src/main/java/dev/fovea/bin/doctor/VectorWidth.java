package dev.fovea.bin.doctor;

import jdk.incubator.vector.FloatVector;

/// Apart from its callers so that they load without the Vector API.
final class VectorWidth {
    private VectorWidth() {}

    static int bits() {
        return FloatVector.SPECIES_PREFERRED.vectorBitSize();
    }
}
