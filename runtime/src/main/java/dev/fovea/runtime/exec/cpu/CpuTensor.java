package dev.fovea.runtime.exec.cpu;

import dev.fovea.runtime.exec.HostTensor;
import dev.fovea.runtime.exec.cpu.kernel.Lanes;
import dev.fovea.runtime.ir.DType;
import java.lang.foreign.MemorySegment;

/// A value of a running program as a host function sees it.
record CpuTensor(DType type, int elements, MemorySegment data) implements HostTensor {
    @Override
    public double get(int i) {
        return switch (type) {
            case F32 -> data.getAtIndex(Lanes.FLOAT, i);
            case I32 -> data.getAtIndex(Lanes.INT, i);
        };
    }

    @Override
    public void set(int i, double value) {
        switch (type) {
            case F32 -> data.setAtIndex(Lanes.FLOAT, i, (float) value);
            case I32 -> data.setAtIndex(Lanes.INT, i, Math.toIntExact(Math.round(value)));
        }
    }
}
