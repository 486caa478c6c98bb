package dev.fovea.runtime.train;

import dev.fovea.dsl.ResolvedSpec;
import dev.fovea.dsl.run.Journal;
import dev.fovea.dsl.run.JournalEntry;
import dev.fovea.dsl.run.StoreException;
import dev.fovea.dsl.spec.InitSpec;
import dev.fovea.runtime.checkpoint.ModelParameters;
import dev.fovea.runtime.checkpoint.Part;
import dev.fovea.runtime.checkpoint.PretrainedModel;
import dev.fovea.runtime.checkpoint.WeightLoader;
import dev.fovea.runtime.exec.Store;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/// Parameters before the first step: random, or those of the checkpoint that the spec names under `init`, with
/// what it lacks fresh. The journal and the listener hear which is which.
final class StartingPoint {
    private final ResolvedSpec resolved;
    private final Journal journal;
    private final RunListener listener;

    StartingPoint(ResolvedSpec resolved, Journal journal, RunListener listener) {
        this.resolved = resolved;
        this.journal = journal;
        this.listener = listener;
    }

    /// Fills all parameters.
    ///
    /// @throws RunException of kind SPEC if the checkpoint is another one than the spec names, or does not fit
    ///     the model
    void fill(Snapshots snapshots, Store store) {
        long seed = resolved.spec().seed();
        InitSpec init = resolved.spec().init();
        if (init == null) {
            snapshots.initialize(seed);
            return;
        }
        WeightLoader.Loaded loaded;
        try {
            loaded = load(init, snapshots, store);
        } catch (StoreException e) {
            throw new RunException(RunException.Kind.SPEC, "init: " + e.getMessage(), e);
        }
        snapshots.initialize(seed, loaded.fresh());
        tell(init, loaded);
    }

    private WeightLoader.Loaded load(InitSpec init, Snapshots snapshots, Store store) {
        Path folder = resolved.file().toAbsolutePath().getParent();
        Path place = folder == null ? Path.of(init.from()) : folder.resolve(init.from());
        PretrainedModel model = PretrainedModel.open(place);
        listener.note("init: reads " + model.layout().label() + " " + init.from());
        String digest = model.files().digest();
        if (!digest.equals(init.sha256())) {
            throw new StoreException(place + ": its weights have sha256 " + digest + ", but init.sha256 is "
                    + init.sha256() + "; is it another file than the one the spec was written for?");
        }
        return WeightLoader.load(
                model, snapshots.shapes(), ModelParameters.of(resolved.spec().model()), init.strict(), store);
    }

    /// Counts for the terminal; names for the journal.
    private void tell(InitSpec init, WeightLoader.Loaded loaded) {
        List<String> lines = new ArrayList<>();
        lines.add("init: " + loaded.taken().size() + " parameters taken from " + init.from() + ", "
                + loaded.fresh().size() + " start fresh" + parts(loaded.fresh()));
        if (!loaded.unused().isEmpty()) {
            lines.add("init: " + loaded.unused().size() + " weights of the checkpoint have no use"
                    + parts(loaded.unused()));
        }
        loaded.notes().forEach(note -> lines.add("init: " + note));
        for (String line : lines) {
            listener.note(line);
            journal.append(new JournalEntry.Note(System.currentTimeMillis(), "info", line));
        }
        String names = "init: fresh are " + String.join(", ", loaded.fresh());
        if (!loaded.fresh().isEmpty()) {
            journal.append(new JournalEntry.Note(System.currentTimeMillis(), "info", names));
        }
    }

    private static String parts(List<String> names) {
        Map<Part, Integer> counts = new EnumMap<>(Part.class);
        names.forEach(name -> counts.merge(Part.of(name), 1, Integer::sum));
        List<String> parts = new ArrayList<>();
        counts.forEach((part, count) -> parts.add(part.label() + " " + count));
        return parts.isEmpty() ? "" : ": " + String.join(", ", parts);
    }
}
