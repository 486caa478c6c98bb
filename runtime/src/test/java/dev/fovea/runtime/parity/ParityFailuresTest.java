package dev.fovea.runtime.parity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fovea.runtime.exec.Backend;
import dev.fovea.runtime.exec.ReferenceBackend;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The checker fails where it must: each test spoils a copy of a small case that passes untouched.
class ParityFailuresTest {
    private static final String NAME = "08_siglip";

    @TempDir
    private Path folder = Path.of("");

    @BeforeEach
    void copy() throws IOException {
        Path from = ParityTest.GOLDEN.path().resolve(NAME), to = Files.createDirectory(folder.resolve(NAME));
        for (String file : new String[] {"config.json", "inputs.safetensors", "outputs.safetensors"}) {
            Files.copy(from.resolve(file), to.resolve(file));
        }
    }

    private CaseReport report() {
        try (Backend backend = new ReferenceBackend()) {
            return Parity.run(GoldenFolder.open(folder), NAME, backend);
        }
    }

    private Finding failure(String tensor) {
        CaseReport report = report();
        assertThat(report.passed()).isFalse();
        assertThat(report.findings())
                .filteredOn(f -> !f.passed())
                .extracting(Finding::tensor)
                .as(report.findings().toString())
                .contains(tensor);
        return report.findings().stream()
                .filter(f -> f.tensor().equals(tensor))
                .findFirst()
                .orElseThrow();
    }

    private void config(String what, String by) throws IOException {
        Path file = folder.resolve(NAME).resolve("config.json");
        String text = Files.readString(file);
        assertThat(text).contains(what);
        Files.writeString(file, text.replace(what, by));
    }

    /// Overwrites one element of a stored output.
    private void store(String output, int element, float value) throws IOException {
        Path file = folder.resolve(NAME).resolve("outputs.safetensors");
        byte[] bytes = Files.readAllBytes(file);
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int header = (int) buffer.getLong(0);
        String text = new String(bytes, 8, header, StandardCharsets.UTF_8);
        int at = text.indexOf("\"data_offsets\":", text.indexOf("\"" + output + "\"")) + "\"data_offsets\":".length();
        String offsets = text.substring(text.indexOf('[', at) + 1, text.indexOf(',', at));
        buffer.putFloat(8 + header + Integer.parseInt(offsets.strip()) + 4 * element, value);
        Files.write(file, bytes);
    }

    private GoldenCase golden() {
        return GoldenCase.open(folder.resolve(NAME));
    }

    @Test
    void theUntouchedCasePasses() {
        assertThat(report().findings()).hasSize(7).allMatch(Finding::passed);
    }

    /// The recorded value moves half a tolerance further than is allowed; our own error is far smaller.
    @Test
    void aValueJustBeyondItsToleranceFails() throws IOException {
        double atol = golden().atol("logits"), value = golden().output("logits").data()[7];
        store("logits", 7, (float) (value + 1.5 * atol));
        Finding failure = failure("logits");
        assertThat(failure.worst()).isBetween(atol, 2 * atol);
        assertThat(failure.allowed()).isEqualTo(atol);
        assertThat(failure.detail()).startsWith("1 of 25 elements differ; worst at [1, 2]: ");
    }

    @Test
    void aValueWithinItsTolerancePasses() throws IOException {
        double atol = golden().atol("logits"), value = golden().output("logits").data()[7];
        store("logits", 7, (float) (value + 0.5 * atol));
        assertThat(report().passed()).isTrue();
    }

    @Test
    void notANumberFails() throws IOException {
        store("logits", 24, Float.NaN);
        assertThat(failure("logits").worst()).isInfinite();
        Findings out = new Findings(golden());
        double[] logits = golden().output("logits").data();
        logits[24] = Double.NaN;
        out.check("logits", logits);
        assertThat(out.close().getFirst().passed()).isFalse();
    }

    @Test
    void anOutputThatNothingComputesFails() throws IOException {
        config("\"loss_negative_only\":", "\"loss_of_something_else\":");
        assertThat(failure("loss_of_something_else").detail()).isEqualTo("recorded, but not computed by the checker");
        assertThat(failure("loss_negative_only").detail()).contains("without shape and tolerance");
    }

    @Test
    void anOutputThatIsNotStoredFails() throws IOException {
        Path file = folder.resolve(NAME).resolve("outputs.safetensors");
        byte[] bytes = Files.readAllBytes(file);
        byte[] name = "\"logits\"".getBytes(StandardCharsets.UTF_8);
        int at = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("\"logits\"");
        bytes[at + 1] = 'm';
        assertThat(Arrays.copyOfRange(bytes, at + 2, at + name.length))
                .isEqualTo(Arrays.copyOfRange(name, 2, name.length));
        Files.write(file, bytes);
        assertThat(failure("logits").detail()).contains("no tensor logits");
    }

    @Test
    void anotherShapeFails() {
        Findings out = new Findings(golden());
        out.check("logits", new double[24]);
        assertThat(out.close().getFirst().detail()).isEqualTo("24 elements, recorded shape [5, 5]");
    }

    @Test
    void anotherShapeThanDescribedFails() throws IOException {
        String text = Files.readString(folder.resolve(NAME).resolve("config.json"));
        int at = text.indexOf("[5, 5]", text.indexOf("\"logits\""));
        Files.writeString(
                folder.resolve(NAME).resolve("config.json"), text.substring(0, at) + "[25]" + text.substring(at + 6));
        assertThat(failure("logits").detail()).contains("[5, 5] in outputs.safetensors, but [25] in config.json");
    }

    @Test
    void anUnknownKindFails() throws IOException {
        config("SigLipLoss()(", "SomethingNew()(");
        assertThat(failure("call").detail()).startsWith("no check knows this kind of case: SomethingNew()(");
        assertThat(failure("loss").detail()).isEqualTo("recorded, but not computed by the checker");
        assertThat(report().kind()).isEqualTo("unknown");
    }

    @Test
    void aMissingToleranceFails() throws IOException {
        config("\"atol\"", "\"about\"");
        assertThat(failure("logits").detail()).contains("outputs.logits.tolerance must have an `atol`");
    }

    @Test
    void aDamagedCaseFailsAlone() throws IOException {
        Files.writeString(folder.resolve(NAME).resolve("config.json"), "{");
        assertThat(failure("case").detail()).contains("config.json: not JSON");
        Files.delete(folder.resolve(NAME).resolve("config.json"));
        Files.writeString(folder.resolve("index.json"), "{\"cases\": [\"" + NAME + "\"]}");
        assertThat(failure("case").detail()).contains("config.json: cannot be read");
    }

    @Test
    void aMissingInputIsTold() throws IOException {
        Files.delete(folder.resolve(NAME).resolve("inputs.safetensors"));
        assertThat(failure("run").detail()).contains("inputs.safetensors: no such file");
    }

    @Test
    void aFolderWithoutCasesIsRefused() throws IOException {
        Path empty = Files.createDirectory(folder.resolve("empty"));
        assertThatThrownBy(() -> GoldenFolder.open(empty))
                .isInstanceOf(GoldenException.class)
                .hasMessageContaining("no golden folder");
        assertThatThrownBy(() -> GoldenFolder.open(folder.resolve("nowhere"))).hasMessageContaining("no such folder");
        Files.writeString(empty.resolve("index.json"), "[]");
        assertThatThrownBy(() -> GoldenFolder.open(empty)).hasMessageContaining("`cases` must be a list");
    }

    @Test
    void foldersOutsideTheIndexCount() throws IOException {
        Files.writeString(folder.resolve("index.json"), "{\"cases\": [\"gone\"]}");
        assertThat(GoldenFolder.open(folder).names()).containsExactly(NAME, "gone");
    }
}
