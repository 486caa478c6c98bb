package dev.fovea.dsl;

import dev.fovea.dsl.spec.ExperimentSpec;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/// A spec that has been read, filled in and checked.
///
/// @param spec the typed spec, every default filled in
/// @param file the file it was read from; relative paths in it are relative to this file's folder
/// @param key identity of what it computes
/// @param canonical the text that the key is a hash of
/// @param origins where each value was set, by dotted key, in the order of the spec
/// @param warnings what is valid but probably not meant
public record ResolvedSpec(
        ExperimentSpec spec,
        Path file,
        RunKey key,
        String canonical,
        SequencedMap<String, Origin> origins,
        List<SpecProblem> warnings) {

    /// Copies the collections.
    public ResolvedSpec {
        origins = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(origins));
        warnings = List.copyOf(warnings);
    }

    /// The whole spec as YAML that reads back as the same spec. Values from the environment are printed as
    /// `${env:NAME}`.
    ///
    /// @param withOrigins whether each value is followed by a comment with its file and line
    public String yaml(boolean withOrigins) {
        return Printed.yaml(this, withOrigins);
    }

    /// The whole spec as JSON. Values from the environment are printed as `${env:NAME}`.
    public String json() {
        return Printed.json(this);
    }
}
