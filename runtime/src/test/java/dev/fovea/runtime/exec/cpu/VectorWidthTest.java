package dev.fovea.runtime.exec.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fovea.runtime.exec.cpu.kernel.BothTiles;
import dev.fovea.runtime.exec.cpu.kernel.Lanes;
import dev.fovea.runtime.ir.OpCase;
import dev.fovea.runtime.ir.OpCases;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Every op against its definition in a JVM that has narrower vectors than this machine, as other machines have.
class VectorWidthTest {
    /// Prints the width of a vector after all checks went well.
    static final class Checks {
        private Checks() {}

        public static void main(String[] arguments) {
            CpuOpsTest ops = new CpuOpsTest();
            List<OpCase> cases = OpCases.all();
            cases.forEach(ops::matchesTheDefinition);
            BothTiles.check();
            System.out.print(32 * Lanes.WIDTH + " bits");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {16, 32})
    void opsMatchTheirDefinitions(int bytes) throws IOException, InterruptedException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        Process process = new ProcessBuilder(
                        java,
                        "-XX:MaxVectorSize=" + bytes,
                        "--add-modules=jdk.incubator.vector",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Checks.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isZero();
        assertThat(printed).isEqualTo(Math.min(8 * bytes, 32 * Lanes.WIDTH) + " bits");
    }
}
