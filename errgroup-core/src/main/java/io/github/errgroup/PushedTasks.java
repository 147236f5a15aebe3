package io.github.errgroup;

import org.jspecify.annotations.Nullable;

/**
 * What the threads that submit write of a {@link RunQueue}, on a cache line of its own. On one with what the workers write, each
 * task pushed would take the line from the worker, and each task taken would take it back; on one with what all of them
 * read, they would all wait for it. Measured: {@code docs/adr/0012-cache-lines-of-the-queue.md}.
 */
abstract class PushedTasks extends CacheLine {
    /** The newest task. Pushed by CAS; taken, with all that are older, by the thread that has the queue's token. */
    volatile @Nullable TaskRun<?> pushed;

    /** With the room that keeps a subclass's fields off that cache line. */
    abstract static class Apart extends PushedTasks {
        int roomBehind0;
        long roomBehind1;
        long roomBehind2;
        long roomBehind3;
        long roomBehind4;
        long roomBehind5;
        long roomBehind6;
        long roomBehind7;
        long roomBehind8;
    }
}
