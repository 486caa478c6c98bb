package dev.fovea.runtime.track;

import dev.fovea.dsl.spec.TrackingSpec;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;

/// Where a run is tracked.
sealed interface Target {
    /// Variable that names the server where the spec does not.
    String VARIABLE = "MLFLOW_TRACKING_URI";

    /// An MLflow server.
    record Server(URI address, Credentials credentials) implements Target {}

    /// A folder in the layout of MLflow's file store.
    record Folder(Path root) implements Target {}

    /// Nowhere besides the run folder.
    record Nowhere() implements Target {}

    /// The spec's address, else the environment's, else `mlruns/` in the workspace.
    ///
    /// @throws IllegalArgumentException if the address cannot be used; the message names it without secrets
    static Target of(TrackingSpec spec, Map<String, String> environment, Path workspace) {
        if (spec.type().equals("none")) {
            return new Nowhere();
        }
        if (!spec.type().equals("mlflow")) {
            throw new IllegalArgumentException(
                    "tracking.type: '" + spec.type() + "' is not known; mlflow or none would be");
        }
        String fromEnvironment = environment.getOrDefault(VARIABLE, "").strip();
        boolean inSpec = !spec.uri().isBlank();
        String given = inSpec ? spec.uri().strip() : fromEnvironment;
        if (given.isEmpty()) {
            return new Folder(workspace.resolve("mlruns"));
        }
        try {
            return at(given, inSpec, environment, workspace);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException((inSpec ? "tracking.uri" : VARIABLE) + ": "
                    + given.replaceAll("://[^/@]*@", "://") + " cannot be used: " + e.getMessage()
                    + "; give http://host:port, https://host or a folder");
        }
    }

    private static Target at(String given, boolean inSpec, Map<String, String> environment, Path workspace) {
        if (given.matches("(?i)https?://.*")) {
            URI address;
            try {
                address = URI.create(given);
            } catch (IllegalArgumentException e) {
                // The cause repeats the whole address.
                throw new IllegalArgumentException("it is no valid address");
            }
            if (inSpec && address.getRawUserInfo() != null) {
                throw new IllegalArgumentException("a spec is shown to others; set MLFLOW_TRACKING_USERNAME and"
                        + " MLFLOW_TRACKING_PASSWORD instead of writing them here");
            }
            return new Server(Credentials.bare(address), Credentials.of(environment, address));
        }
        if (given.startsWith("file:")) {
            return new Folder(Path.of(URI.create(given).getPath()));
        }
        if (given.matches("[A-Za-z][A-Za-z0-9+.-]+:.*") || given.equals("databricks")) {
            throw new IllegalArgumentException("this kind of store is MLflow's own");
        }
        return new Folder(workspace.resolve(given));
    }

    /// The spec's experiment, else MLFLOW_EXPERIMENT_NAME, else `fovea`.
    static String experiment(TrackingSpec spec, Map<String, String> environment) {
        if (!spec.experiment().isBlank()) {
            return spec.experiment().strip();
        }
        String name = environment.getOrDefault("MLFLOW_EXPERIMENT_NAME", "").strip();
        return name.isEmpty() ? "fovea" : name;
    }
}
