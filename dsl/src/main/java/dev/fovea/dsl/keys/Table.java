package dev.fovea.dsl.keys;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/// Rows by record and component, as the tables fill them.
final class Table {
    private final Map<Class<?>, SequencedMap<String, Row>> rows = new HashMap<>();
    private final Map<Class<?>, String> variants = new HashMap<>();

    /// Begins the rows of a record.
    Of of(Class<?> type) {
        return new Of(rows.computeIfAbsent(type, _ -> new LinkedHashMap<>()));
    }

    /// Names a record that is one choice of its sealed interface.
    void variant(Class<?> type, String word) {
        variants.put(type, word);
    }

    @Nullable
    Row row(Class<?> type, String component) {
        SequencedMap<String, Row> ofType = rows.get(type);
        return ofType == null ? null : ofType.get(component);
    }

    @Nullable
    String variant(Class<?> type) {
        return variants.get(type);
    }

    /// The rows of one record.
    record Of(SequencedMap<String, Row> rows) {
        /// The row of a component; what the key means, for people.
        Row key(String component, String doc) {
            Row row = new Row(doc);
            if (rows.put(component, row) != null) {
                throw new IllegalStateException("two rows for " + component);
            }
            return row;
        }
    }
}
