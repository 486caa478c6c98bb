package dev.fovea.bin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fovea.runtime.train.RunListener.StopReason;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What signals do to a run.
class SignalsTest {
    private final StringWriter text = new StringWriter();
    private final List<String> ended = new ArrayList<>();
    private final Signals signals = new Signals(new PrintWriter(text), () -> ended.add("at once"));

    @Test
    void theFirstSignalCounts() {
        assertThat(signals.reason()).isNull();
        List<String> told = new ArrayList<>();
        signals.tellThrough(told::add);
        signals.arrived(StopReason.PREEMPTED);
        signals.arrived(StopReason.TERMINATED);
        assertThat(signals.reason()).isEqualTo(StopReason.PREEMPTED);
        assertThat(ended).isEmpty();
        assertThat(told).containsExactly("stopping after this step (preempted)");
        assertThat(text.toString()).isEmpty();
    }

    @Test
    void theSecondInterruptEndsAtOnce() {
        signals.arrived(StopReason.INTERRUPTED);
        assertThat(ended).isEmpty();
        assertThat(text.toString()).isEqualTo("stopping after this step; Ctrl-C again stops at once\n");
        signals.arrived(StopReason.INTERRUPTED);
        assertThat(ended).containsExactly("at once");
        assertThat(text.toString()).endsWith("\n\nfovea: stopped at once; the last checkpoint is complete\n");
    }

    @Test
    void aRealSignalArrives() throws Exception {
        Signals installed = Signals.install(new PrintWriter(text));
        Process kill = new ProcessBuilder(
                        "kill", "-USR1", Long.toString(ProcessHandle.current().pid()))
                .start();
        assertThat(kill.waitFor()).isZero();
        while (installed.reason() == null) {
            Thread.onSpinWait();
        }
        assertThat(installed.reason()).isEqualTo(StopReason.PREEMPTED);
    }
}
