package io.github.errgroup;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One live task, as it was a moment ago.
 *
 * @param index its place in the order of submission, from 0
 * @param name its name
 * @param state PENDING or RUNNING, or a final state it reached meanwhile
 * @param age how long it has been running; null if it has not started, or if nobody asked this group for times (no
 *     listener and no straggler grace)
 * @param thread the thread that runs it; null while it has none. It may run something else by the time you look:
 *     check the task's state again after taking its stack
 */
public record TaskSnapshot(
        long index,
        String name,
        Subtask.State state,
        @Nullable Duration age,
        @Nullable Thread thread) {}
