package io.github.errgroup;

import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * What {@link ErrGroups#executor} gives: each task is a group of one, which ends with it. So all that is accounted for a
 * group, by its name or by its opener, is accounted for the task: limits, listeners, deadlines, shutdown, web requests.
 */
final class GroupExecutor implements Executor {
    private final ErrGroups groups;

    private final String name;

    GroupExecutor(ErrGroups groups, String name) {
        this.groups = groups;
        this.name = ErrGroupOptions.builder().name(name).build().name();
    }

    @Override
    public void execute(Runnable command) {
        Command body = new Command(Objects.requireNonNull(command, "command"));
        ErrGroup group = CurrentTask.outside(() -> groups.open(name, options -> forOneTask(options, body)));
        Subtask<?> task = group.engine().goAlone(body);
        body.submitted = true;
        RejectedExecutionException rejection = rejection(group, task, body);
        if (rejection != null) {
            throw rejection;
        }
    }

    /** No deadline but the task's own: what was accepted is to run. The limit of a group of one would be no limit. */
    private static void forOneTask(ErrGroupOptions.Builder options, Command body) {
        options.limit(ErrGroupOptions.NO_LIMIT)
                .reuseThreads(false)
                .timeout(null)
                .cancelOnError(false)
                .tolerate(0)
                .enough(0)
                .listener(group -> body);
    }

    /** Why the task was not accepted; null if it was. */
    private static @Nullable RejectedExecutionException rejection(ErrGroup group, Subtask<?> task, Command body) {
        Throwable failure = task.exception();
        if (body.started || (failure == null && task.state() != Subtask.State.SKIPPED)) {
            return null;
        }
        if (failure instanceof RejectedExecutionException rejection) {
            return rejection;
        }
        Throwable cause = failure != null ? failure : group.context().cause();
        return new RejectedExecutionException(
                "executor '" + group.name() + "' did not start the task: "
                        + (cause == null ? null : UserText.messageOf(cause)),
                cause);
    }

    /** The task's body, which hears of its end. */
    private static final class Command implements ThrowingRunnable, GroupListener {
        private final Runnable command;

        /** Written by the thread that runs the task, before anything else. */
        private volatile boolean started;

        /** Whether {@code execute} has its handle. Written by the thread in {@code execute}; read by the canceller. */
        private volatile boolean submitted;

        Command(Runnable command) {
            this.command = command;
        }

        @Override
        public void run() {
            started = true;
            command.run();
        }

        /** In the task's context, and once every other listener has heard of it. */
        @Override
        public void onTaskEnd(Subtask<?> task, long nanos) {
            Throwable failure = task.exception();
            if (task.state() == Subtask.State.FAILED && failure != null) {
                Thread thread = Thread.currentThread();
                thread.getUncaughtExceptionHandler().uncaughtException(thread, failure);
            }
        }

        @Override
        public void onTaskSkipped(Subtask<?> task) {
            neverStarts("its group was cancelled");
        }

        @Override
        public void onTaskRejected(Subtask<?> task) {
            Throwable rejection = task.exception();
            neverStarts(rejection == null ? null : UserText.messageOf(rejection));
        }

        /** If it was accepted before, only a future can be told. */
        private void neverStarts(@Nullable String why) {
            if (submitted) {
                Log.warn("a task of an executor never started: " + UserText.of(command) + ": " + why);
                if (command instanceof Future<?> future) {
                    future.cancel(false);
                }
            }
        }
    }
}
