package dev.fovea.runtime.exec.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fovea.runtime.ir.OpCase;
import dev.fovea.runtime.ir.OpCases;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// The bits of a result must not depend on whether the JVM interprets a kernel or has compiled it: a resumed
/// run starts with a cold compiler and still has to continue bit for bit. (Horizontal sums of the Vector API
/// fail this.)
class CompilerIndependenceTest {
    private static final int WARM_RUNS = 400;

    /// Ops with sums across lanes or transcendental functions, at sizes with whole vectors and tails.
    private static List<OpCase> cases() {
        return OpCases.all().stream()
                .filter(c -> c.name()
                        .matches("layer norm (31|100)|normalize 100|cosine 65|masked pool 39|global norm|gelu.* 33"
                                + "|linear 7x13x5|causal attention 2x7.*|area 40x40.*|box loss 9|pair loss 5"
                                + "|depthwise 9x8x17|selection probability 33|adamw 17|positions on 9x5"))
                .toList();
    }

    /// Prints one line for each case; run by the test in a JVM that only interprets.
    static final class Interpreted {
        private Interpreted() {}

        public static void main(String[] arguments) {
            System.out.print(digests(1));
        }
    }

    private static String digests(int runs) {
        return cases().stream()
                .map(c -> c.name() + " " + digest(c, runs) + "\n")
                .collect(Collectors.joining());
    }

    private static int digest(OpCase c, int runs) {
        try (OpRun run = new OpRun(c, 1)) {
            for (int i = 0; i < runs; i++) {
                run.run();
            }
            int digest = 1;
            for (double[] data : run.read().values()) {
                digest = 31 * digest + Arrays.hashCode(data);
            }
            return digest;
        }
    }

    @Test
    void interpretedAndCompiledKernelsGiveTheSameBits() throws IOException, InterruptedException {
        assertThat(cases()).hasSizeGreaterThan(15);
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(a -> a.startsWith("-XX:Use")) // such as a limit on the vector width
                .forEach(command::add);
        command.addAll(List.of("-Xint", "--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Interpreted.class.getName()));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String compiled = digests(WARM_RUNS);
        String interpreted = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isZero();
        assertThat(interpreted).isEqualTo(compiled);
    }
}
