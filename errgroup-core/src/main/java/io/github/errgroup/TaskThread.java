package io.github.errgroup;

import org.jspecify.annotations.Nullable;

/** A platform thread of our own, which knows its task by a field. */
class TaskThread extends Thread {
    /** Own thread only. */
    @Nullable
    TaskHolder holder;

    TaskThread(@Nullable Runnable body, String name, boolean inheritThreadLocals) {
        super(null, body, name, 0, inheritThreadLocals);
        setDaemon(true);
    }

    /** Called by the thread: the task that it runs begins to wait for a group, maybe inside another such wait. */
    void waitBegins() {}

    /** Called by the thread: the task goes on. */
    void waitEnds() {}
}
