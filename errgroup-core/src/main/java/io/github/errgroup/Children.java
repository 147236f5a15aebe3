package io.github.errgroup;

import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The groups opened inside a task and not closed yet, newest first: a stack that any group may leave. A closed group is
 * popped if it is the newest, else unlinked by the next younger one that is open. Several threads may do so at once: each
 * link is moved past closed groups only, so a late write can bring back a closed group and never lose an open one.
 */
final class Children {
    /** A group, as one that was opened inside a task. */
    interface Child {
        String name();

        /** Where it was opened; null unless that is captured. */
        @Nullable
        OpeningPlace openedAt();

        boolean isClosed();

        void close();

        /** The next older group opened by the same task. Written before the group is there, then by {@link #prune}. */
        @Nullable
        Child older();

        void older(@Nullable Child sibling);
    }

    /** Pushed by the task's thread, popped by the thread that closes a group. */
    private final AtomicReference<@Nullable Child> newest = new AtomicReference<>();

    /** Adds a group. A full fence: the parent's cancellation is read after it. */
    void add(Child child) {
        Child head;
        do {
            head = liveHead();
            child.older(head);
        } while (!newest.compareAndSet(head, child));
    }

    /** Drops the groups that are closed. */
    void prune() {
        for (Child child = liveHead(); child != null; child = child.older()) {
            Child older = child.older();
            while (older != null && older.isClosed()) {
                older = older.older();
            }
            child.older(older);
        }
    }

    private @Nullable Child liveHead() {
        for (; ; ) {
            Child head = newest.get();
            if (head == null || !head.isClosed()) {
                return head;
            }
            newest.compareAndSet(head, head.older());
        }
    }

    void forEach(Consumer<Child> visitor) {
        for (Child child = newest.get(); child != null; child = child.older()) {
            if (!child.isClosed()) {
                visitor.accept(child);
            }
        }
    }

    /** Rule N7: what its task left open is closed with it, and reported. */
    void closeLeftOpen(TaskRun<?> task) {
        for (Child child = liveHead(); child != null; child = liveHead()) {
            String what = task.describe() + " left group '" + child.name()
                    + "' open; it was closed with the task. Open groups with try-with-resources or ErrGroup.call"
                    + OpeningPlace.describe(child.openedAt());
            try {
                child.close();
                Log.warn(what);
            } catch (Throwable e) {
                Log.warn(what, e);
                if (!child.isClosed()) {
                    return; // it could not even be closed; trying again would not end
                }
            }
        }
    }
}
