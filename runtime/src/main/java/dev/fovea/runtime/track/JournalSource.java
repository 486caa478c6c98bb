package dev.fovea.runtime.track;

import dev.fovea.dsl.run.JournalReader;
import java.nio.file.Path;

/// Where records come from.
@FunctionalInterface
public interface JournalSource {
    /// Complete entries from an offset on.
    ///
    /// @param offset 0, or the end of an entry
    /// @throws dev.fovea.dsl.run.StoreException if the journal cannot be read or ends before the offset
    JournalReader.Entries from(long offset);

    /// The journal in a file, which another thread or process may be writing.
    static JournalSource of(Path journal) {
        return offset -> JournalReader.read(journal, offset);
    }
}
