package dev.fovea.bin;

import dev.fovea.dsl.SpecSchema;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/// `fovea schema`: the JSON Schema of specs, for editors.
@Command(
        name = "schema",
        description = "Print the JSON Schema of specs.",
        footer = {
            "",
            "With it an editor completes and checks specs. Save it once and name it in the first line of a spec:",
            "  fovea schema > spec.schema.json",
            "  # yaml-language-server: $schema=spec.schema.json"
        })
final class SchemaVerb implements Callable<Integer> {
    private final Fovea fovea;

    SchemaVerb(Fovea fovea) {
        this.fovea = fovea;
    }

    @Override
    public Integer call() {
        fovea.out().println(SpecSchema.jsonSchema().strip());
        return ExitCode.OK.code();
    }
}
