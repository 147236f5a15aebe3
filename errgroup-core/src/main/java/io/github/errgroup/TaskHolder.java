package io.github.errgroup;

import org.jspecify.annotations.Nullable;

/** What a thread is busy with: one task, or a worker's tasks one after another. */
interface TaskHolder {
    /** The task that this thread runs now, or null: nothing runs, or it runs on another thread. */
    @Nullable
    TaskRun<?> taskOn(Thread thread);
}
