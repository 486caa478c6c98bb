package dev.fovea.bin;

import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// JSON for programs that read what verbs print.
final class Json {
    private Json() {}

    /// Records, maps and lists as indented JSON, without a line end. NaN, which JSON lacks, becomes the text
    /// `"NaN"`.
    static String text(Object value) {
        return JsonMapper.builder()
                .enable(SerializationFeature.INDENT_OUTPUT)
                .build()
                .writeValueAsString(value);
    }
}
