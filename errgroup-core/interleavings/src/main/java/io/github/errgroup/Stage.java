package io.github.errgroup;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/**
 * Groups whose tasks the actors run themselves: an executor is handed in that accepts every task and runs none, so no
 * thread is started per sample and both actors are in the engine at the same moment.
 */
final class Stage {
    /** A task of this name is run at once, by the thread that launches it. */
    static final String AT_ONCE = "at once";

    /** A clock whose first delay is over when an actor says so, and no other is. */
    static final class Timer implements GroupClock {
        /** Long enough for the other actor to start the task, if it has a processor. */
        private static final int PATIENCE_SPINS = 2_000;

        private final AtomicReference<Runnable> first = new AtomicReference<>();

        /** Delays that are passed over before the first. */
        private final AtomicInteger before;

        Timer() {
            this(0);
        }

        /** @param before how many delays are passed over */
        Timer(int before) {
            this.before = new AtomicInteger(before);
        }

        @Override
        public long nanoTime() {
            return System.nanoTime();
        }

        @Override
        public Registration schedule(Duration delay, Runnable action) {
            if (before.getAndDecrement() <= 0) {
                first.compareAndSet(null, action);
            }
            return () -> {};
        }

        /** Waits a while for the delay to be set, then ends it. */
        void fire() {
            for (int spins = 0; spins < PATIENCE_SPINS && first.get() == null; spins++) {
                Thread.onSpinWait();
            }
            Runnable action = first.get();
            if (action != null) {
                action.run();
            }
        }
    }

    /** A clock whose delays are over at once. */
    static final GroupClock OVER_AT_ONCE = new GroupClock() {
        @Override
        public long nanoTime() {
            return System.nanoTime();
        }

        @Override
        public Registration schedule(Duration delay, Runnable action) {
            action.run();
            return () -> {};
        }
    };

    private static final ErrGroupOptions OPTIONS = ErrGroupOptions.builder()
            // Longer than any run: the engine's own remedies for a lost task must not hide a lost wake-up.
            .starvationTimeout(Duration.ofDays(1))
            .threads(TaskThreads.on(task -> {
                if (((TaskRun<?>) task).name().equals(AT_ONCE)) {
                    task.run();
                }
            }))
            .build();

    static {
        // An actor that runs a worker's body is to return from it. What races when a worker lingers is passed all the
        // same.
        Workers.lingerNanos = 0;
    }

    private Stage() {}

    static ErrGroupOptions options() {
        return OPTIONS;
    }

    /** Threads of our own that are never started: their bodies come into the queue, and the actors run them. */
    static ErrGroupOptions.Builder ownThreads(Queue<Runnable> started) {
        return OPTIONS.toBuilder().threads(TaskThreads.from(body -> new Thread(body) {
            @Override
            public void start() {
                started.add(body);
            }
        }));
    }

    static void runAll(Queue<Runnable> started) {
        for (Runnable body = started.poll(); body != null; body = started.poll()) {
            body.run();
        }
    }

    static ErrGroup open() {
        return ErrGroup.open(OPTIONS);
    }

    static ErrGroup open(int limit) {
        return open(o -> o.limit(limit));
    }

    static ErrGroup open(Consumer<ErrGroupOptions.Builder> changes) {
        ErrGroupOptions.Builder options = OPTIONS.toBuilder();
        changes.accept(options);
        return ErrGroup.open(options.build());
    }

    static GroupEngine engine(ErrGroup group) {
        return (GroupEngine) group.context();
    }

    /** Submits a task, which an actor is to run. */
    static TaskRun<?> submit(ErrGroup group, ThrowingRunnable body) {
        return (TaskRun<?>) group.go(body);
    }

    /** A task that is not one of the group's counts, for {@link #inside}. */
    static TaskRun<?> taskOf(ErrGroup group) {
        TaskRun<?> task = new TaskRun<>(engine(group), null, group);
        task.index(1_000);
        return task;
    }

    /** What a compensating thread does with a task that it found. */
    static void compensate(ErrGroup group, TaskRun<?> task) {
        Thread thread = Thread.currentThread();
        if (task.claim(thread)) {
            ExternalExecutor executor = (ExternalExecutor) engine(group).launcher();
            executor.hostElsewhere(task, thread, Host.POOL_THREAD);
        }
    }

    static void await(ErrGroup group) {
        try {
            group.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** What the action does, done by this thread as if it were inside the task. */
    static void inside(TaskRun<?> task, Runnable action) {
        Thread thread = Thread.currentThread();
        TaskExtras rare = task.extras();
        rare.host = thread;
        TaskHolder hidden = CurrentTask.enter(thread, rare);
        try {
            action.run();
        } finally {
            CurrentTask.leave(thread, rare, hidden);
        }
    }
}
