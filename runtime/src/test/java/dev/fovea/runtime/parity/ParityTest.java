package dev.fovea.runtime.parity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fovea.runtime.exec.Backend;
import dev.fovea.runtime.exec.TestedBackend;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Every recorded case of the reference, on every backend.
class ParityTest {

    static final GoldenFolder GOLDEN = GoldenFolder.open(resources());

    static Stream<Arguments> cases() {
        return GOLDEN.names().stream().flatMap(name -> TestedBackend.all().map(backend -> Arguments.of(name, backend)));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void everyTensorAgrees(String name, TestedBackend kind) {
        try (Backend backend = kind.open()) {
            CaseReport report = Parity.run(GOLDEN, name, backend);
            assertThat(report.findings())
                    .as("%s: %s", name, report.kind())
                    .filteredOn(f -> !f.passed())
                    .isEmpty();
        }
    }

    private static Path resources() {
        URL index = Objects.requireNonNull(ParityTest.class.getResource("/golden/index.json"), "golden/index.json");
        try {
            return Objects.requireNonNull(Path.of(index.toURI()).getParent());
        } catch (URISyntaxException impossible) {
            throw new IllegalStateException(index.toString(), impossible);
        }
    }
}
