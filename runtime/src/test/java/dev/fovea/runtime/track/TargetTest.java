package dev.fovea.runtime.track;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fovea.dsl.spec.TrackingSpec;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TargetTest {
    private static final Path WORKSPACE = Path.of("/work space");

    private static Target target(String uri, Map<String, String> environment) {
        return Target.of(new TrackingSpec("mlflow", uri, ""), environment, WORKSPACE);
    }

    private static URI address(Target target) {
        return ((Target.Server) target).address();
    }

    @Test
    void specThenEnvironmentThenFolder() {
        Map<String, String> environment = Map.of("MLFLOW_TRACKING_URI", "http://env:5000");
        assertThat(address(target("http://spec:1", environment))).hasToString("http://spec:1");
        assertThat(address(target("", environment))).hasToString("http://env:5000");
        assertThat(target(" ", Map.of())).isEqualTo(new Target.Folder(WORKSPACE.resolve("mlruns")));
        assertThat(Target.of(new TrackingSpec("none", "http://x", ""), environment, WORKSPACE))
                .isEqualTo(new Target.Nowhere());
    }

    @Test
    void addressesAreBare() {
        assertThat(address(target("", Map.of("MLFLOW_TRACKING_URI", "https://u:p@h:1/base/?a=b#c"))))
                .hasToString("https://h:1/base");
        assertThat(address(target("http://[::1]:5000/", Map.of()))).hasToString("http://[::1]:5000");
    }

    @Test
    void foldersAreFolders() {
        assertThat(target("file:///data/ml%20runs", Map.of())).isEqualTo(new Target.Folder(Path.of("/data/ml runs")));
        assertThat(target("elsewhere/runs", Map.of()))
                .isEqualTo(new Target.Folder(WORKSPACE.resolve("elsewhere/runs")));
    }

    @ParameterizedTest
    @CsvSource({
        "sqlite:///mlflow.db, 'sqlite:///mlflow.db cannot be used: this kind of store is MLflow''s own'",
        "databricks, 'databricks cannot be used: '",
        "http://, 'cannot be used: it is no valid address'",
        "http://alice:geheim@a b, 'http://a b cannot be used: it is no valid address'"
    })
    void otherStoresAreRefusedWithoutSecrets(String uri, String message) {
        assertThatThrownBy(() -> target(uri, Map.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("tracking.uri: ")
                .hasMessageContaining(message)
                .hasMessageContaining("give http://host:port, https://host or a folder")
                .hasMessageNotContaining("geheim");
        assertThatThrownBy(() -> target("", Map.of("MLFLOW_TRACKING_URI", uri)))
                .hasMessageStartingWith("MLFLOW_TRACKING_URI: ")
                .hasNoCause();
    }

    @Test
    void aSpecHoldsNoPasswords() {
        assertThatThrownBy(() -> target("http://alice:geheim@h:1", Map.of()))
                .hasMessageStartingWith("tracking.uri: http://h:1 cannot be used: a spec is shown to others")
                .hasMessageNotContaining("geheim");
    }

    @Test
    void unknownTypesAreNamed() {
        assertThatThrownBy(() -> Target.of(new TrackingSpec("wandb", "", ""), Map.of(), WORKSPACE))
                .hasMessage("tracking.type: 'wandb' is not known; mlflow or none would be");
    }

    @Test
    void experimentOfSpecThenEnvironmentThenOurName() {
        Map<String, String> environment = Map.of("MLFLOW_EXPERIMENT_NAME", "e");
        assertThat(Target.experiment(new TrackingSpec("mlflow", "", "s"), environment))
                .isEqualTo("s");
        assertThat(Target.experiment(new TrackingSpec("mlflow", "", ""), environment))
                .isEqualTo("e");
        assertThat(Target.experiment(new TrackingSpec("mlflow", "", ""), Map.of()))
                .isEqualTo("fovea");
    }
}
