package dev.fovea.runtime.bench;

import java.util.LinkedHashMap;
import java.util.Map;

/// Time of a step that was not run, from one that was: each kind of op takes its share more, by operations where it
/// counts some, else by bytes. Kinds that the measured step lacks take the measured step's mean time a byte.
///
/// Holds where both steps are of one model at other sizes and the measured one is large enough that its kernels
/// run at the rate they have on long inputs.
public final class StepForecast {
    private StepForecast() {}

    /// Seconds of a step of `wanted`.
    public static double seconds(StepTimes measured, StepPlan wanted) {
        Map<String, OpKind> known = new LinkedHashMap<>();
        measured.plan().kinds().forEach(k -> known.put(k.key(), k));
        double bytes =
                measured.plan().kinds().stream().mapToDouble(OpKind::bytes).sum();
        double perByte = measured.seconds() / Math.max(1, bytes);
        double total = 0;
        for (OpKind kind : wanted.kinds()) {
            OpKind same = known.get(kind.key());
            if (same == null || same.bytes() == 0) {
                total += perByte * kind.bytes();
            } else if (same.flops() > 0) {
                total += same.seconds() * kind.flops() / same.flops();
            } else {
                total += same.seconds() * kind.bytes() / same.bytes();
            }
        }
        return total;
    }
}
