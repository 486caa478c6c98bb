package dev.fovea.runtime.track;

import dev.fovea.dsl.run.JournalEntry;
import dev.fovea.dsl.run.JournalReader;
import dev.fovea.runtime.track.TrackingException.Kind;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;

/// Brings a sink up to the end of a journal, each record once. Before a batch is sent the bookmark says how far it
/// reaches; after it is acknowledged, that it arrived. A process killed in between finds the mark, and the sink
/// looks
/// before it repeats that batch.
///
/// Where a continued attempt goes over steps that an earlier attempt has reported already, the earlier values stay:
/// they
/// are the same numbers, and MLflow cannot take values back.
final class Replay {
    private static final int BATCH = 1000;

    private record Ready(long next, JournalEntry entry) {}

    private final JournalSource journal;
    private final Bookmark bookmark;
    private final MetricSink sink;

    private final Deque<Ready> queue = new ArrayDeque<>();
    private MetricNames names = new MetricNames();
    private Map<String, Long> reached = new TreeMap<>();
    private Map<String, Long> reachedBefore = new TreeMap<>();
    private long scanned;
    private long delivered;
    private boolean trusted;

    Replay(JournalSource journal, Bookmark bookmark, MetricSink sink) {
        this.journal = journal;
        this.bookmark = bookmark;
        this.sink = sink;
    }

    /// Delivers all complete entries of the journal.
    ///
    /// @return whether an attempt's beginning or end was among them
    /// @throws TrackingException if the sink fails; what was acknowledged stays so
    /// @throws dev.fovea.dsl.run.StoreException if the journal or the bookmark fails
    boolean catchUp() {
        boolean milestone = false;
        scan();
        while (!queue.isEmpty()) {
            try {
                List<Ready> batch = nextBatch();
                deliver(batch);
                milestone |= batch.stream()
                        .anyMatch(r ->
                                r.entry() instanceof JournalEntry.Started || r.entry() instanceof JournalEntry.Ended);
            } catch (TrackingException e) {
                if (e.kind() != Kind.GONE) {
                    throw e;
                }
                startOver();
            }
            scan();
        }
        return milestone;
    }

    /// Entries delivered since this object was made.
    long delivered() {
        return delivered;
    }

    private void scan() {
        if (!trusted) {
            checkBookmark();
            trusted = true;
        }
        if (queue.isEmpty()) {
            read();
        }
    }

    private void read() {
        JournalReader.Entries entries = journal.from(scanned);
        for (JournalReader.Placed placed : entries.entries()) {
            JournalEntry entry = filtered(placed.entry());
            if (placed.next() > bookmark.acknowledged()) {
                queue.add(new Ready(placed.next(), entry));
            }
        }
        scanned = entries.next();
    }

    /// A journal that lost its tail in a crash and went on differs from the one delivered. Then everything is
    /// looked at
    /// again, and what is there is left out.
    private void checkBookmark() {
        long acknowledged = bookmark.acknowledged();
        if (acknowledged == 0) {
            return;
        }
        JournalReader.Entries entries = journal.from(0);
        boolean same = entries.entries().stream()
                .anyMatch(p -> p.next() == acknowledged && p.entry().timeMillis() == bookmark.acknowledgedTime());
        if (!same) {
            bookmark.acknowledged(0, 0);
            bookmark.sending(entries.next());
        }
    }

    /// Forgets the run that was there; the next round makes a new one and delivers everything.
    void startOver() {
        bookmark.forget();
        bookmark.save();
        queue.clear();
        names = new MetricNames();
        reached = new TreeMap<>();
        reachedBefore = new TreeMap<>();
        scanned = 0;
    }

    /// The entry with legal names and without steps that an earlier attempt has reported.
    private JournalEntry filtered(JournalEntry entry) {
        if (entry instanceof JournalEntry.Started) {
            reachedBefore = new TreeMap<>(reached);
        }
        if (!(entry instanceof JournalEntry.Scalars scalars)) {
            return entry;
        }
        SequencedMap<String, Double> kept = new LinkedHashMap<>();
        scalars.values().forEach((name, value) -> {
            String legal = names.legal(name);
            Long before = reachedBefore.get(legal);
            if (before == null || scalars.step() > before) {
                kept.put(legal, value);
                reached.merge(legal, scalars.step(), Math::max);
            }
        });
        return new JournalEntry.Scalars(scalars.timeMillis(), scalars.step(), kept);
    }

    private List<Ready> nextBatch() {
        List<Ready> batch = new ArrayList<>();
        int metrics = 0;
        for (Ready ready : queue) {
            int more =
                    ready.entry() instanceof JournalEntry.Scalars s ? s.values().size() : 0;
            if (!batch.isEmpty() && metrics + more > BATCH) {
                break;
            }
            batch.add(ready);
            metrics += more;
        }
        return batch;
    }

    private void deliver(List<Ready> batch) {
        Ready last = batch.getLast();
        boolean again = bookmark.sending() > bookmark.acknowledged();
        sink.begin(batch.getFirst().entry().timeMillis(), again);
        bookmark.sending(Math.max(bookmark.sending(), last.next()));
        bookmark.save();
        for (Ready ready : batch) {
            switch (ready.entry()) {
                case JournalEntry.Started start -> sink.started(start);
                case JournalEntry.Scalars s -> sink.scalars(s.timeMillis(), s.step(), s.values());
                case JournalEntry.Saved checkpoint -> sink.saved(checkpoint);
                case JournalEntry.Ended end -> sink.ended(end);
                case JournalEntry.Note _ -> {}
            }
        }
        sink.commit();
        bookmark.acknowledged(last.next(), last.entry().timeMillis());
        bookmark.save();
        for (int i = 0; i < batch.size(); i++) {
            queue.remove();
        }
        delivered += batch.size();
    }
}
