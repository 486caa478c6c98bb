package dev.fovea.runtime.exec.cpu;

import dev.fovea.runtime.exec.cpu.kernel.Lanes;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Working memory of the sessions of one store. Programs that take turns, such as a step of training and a batch
/// of evaluation, share the largest one's.
final class Workspaces {
    private final List<Workspace> open = new ArrayList<>();

    /// Memory for a session that needs `elements`: what another session has if it is large enough, else new
    /// memory.
    Workspace take(long elements) {
        Workspace found = null;
        for (Workspace w : open) {
            if (w.memory.byteSize() >= 4 * elements
                    && (found == null || w.memory.byteSize() < found.memory.byteSize())) {
                found = w;
            }
        }
        if (found == null) {
            found = new Workspace(elements);
            open.add(found);
        }
        found.users++;
        return found;
    }

    /// A session is done with its memory; the last one frees it.
    void release(Workspace workspace) {
        workspace.users--;
        if (workspace.users == 0) {
            open.remove(workspace);
            workspace.arena.close();
        }
    }

    /// Memory of sessions that take turns.
    static final class Workspace {
        private final Arena arena = Arena.ofShared();
        private final MemorySegment memory;
        private int users;
        private @Nullable Object owner;

        private Workspace(long elements) {
            memory = Lanes.allocate(arena, elements);
        }

        /// The memory of `elements` elements from `start` on.
        MemorySegment slice(long start, long elements) {
            return memory.asSlice(4 * start, 4 * elements);
        }

        /// From now on the memory holds what `session` computes.
        void claim(Object session) {
            owner = session;
        }

        /// Whether it still does.
        boolean isOwnedBy(Object session) {
            return session.equals(owner);
        }
    }
}
