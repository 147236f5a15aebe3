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
}
