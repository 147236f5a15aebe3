package io.github.errgroup;

import java.util.Iterator;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * A loop over the results of a group whose tasks the actors run: those of the items that are {@link Stage#AT_ONCE} have ended
 * when they are submitted, and the others are waiting for an actor.
 */
final class LoopStage {
    /** A task of this name counts as running, and never ends. */
    static final String HELD = "held";

    private final Queue<TaskRun<?>> submitted = new ConcurrentLinkedQueue<>();

    final ErrGroup group;

    final Iterator<Subtask<String>> loop;

    LoopStage(boolean ordered, String... items) {
        this(ordered, o -> {}, items);
    }

    LoopStage(boolean ordered, Consumer<ErrGroupOptions.Builder> changes, String... items) {
        this.group = Stage.open(o -> {
            o.threads(TaskThreads.on(this::accept));
            changes.accept(o);
        });
        Iterable<String> all = Stream.of(items)::iterator;
        Results<String> results = ordered
                ? group.inOrder(all, item -> item, item -> item)
                : group.asCompleted(all, item -> item, item -> item);
        this.loop = results.readAhead(items.length).iterator();
    }

    private void accept(Runnable command) {
        TaskRun<?> task = (TaskRun<?>) command;
        if (task.name().equals(Stage.AT_ONCE)) {
            task.run();
        } else if (task.name().equals(HELD)) {
            task.claim(new Thread("nobody's"));
        } else {
            submitted.add(task);
        }
    }

    /** A task that waits for an actor. Waits until the loop has submitted it: a loop without a result would never end. */
    TaskRun<?> task() {
        for (; ; ) {
            TaskRun<?> task = submitted.poll();
            if (task != null) {
                return task;
            }
            Thread.yield();
        }
    }

    /** How many results the loop gives in the end. */
    int left() {
        group.cancel();
        int left = 0;
        for (; loop.hasNext(); loop.next()) {
            left++;
        }
        group.close();
        return left;
    }
}
