package dev.fovea.dsl.spec;

/// Where metrics go besides the run folder.
///
/// @param type `mlflow` or `none`
/// @param uri tracking server; empty for the environment's MLFLOW_TRACKING_URI, else an `mlruns/` folder
/// @param experiment experiment name
public record TrackingSpec(String type, String uri, String experiment) {}
