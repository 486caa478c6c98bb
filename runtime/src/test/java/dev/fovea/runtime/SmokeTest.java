package dev.fovea.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/// Smoke.
class SmokeTest {
    @Test
    void works() {
        assertThat(SmokeTest.class.getPackageName()).startsWith("dev.fovea");
    }
}
