package io.github.errgroup;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/**
 * Groups whose tasks the actors run themselves: an executor is handed in that accepts every task and runs none, so no
 * thread is started per sample and both actors are in the engine at the same moment.
 */
final class Stage {
    /** A task of this name is run at once, by the thread that launches it. */
    static final String AT_ONCE = "at once";

    /** A task's own. */
    static final Duration TIMEOUT = Duration.ofSeconds(1);

    /** A clock of a group whose tasks have deadlines: time passes when an actor says so, for the tasks started until then. */
    static final class Timer implements GroupClock {
        /** Long enough for the other actor to start the task, if it has a processor. */
        private static final int PATIENCE_SPINS = 2_000;

        /** As long as the timer takes, once it rings, to find a task and to interrupt it. */
        private static final int MOST_SPINS_TO_FIND = 64;

        private static final long TIMEOUT_NANOS = TIMEOUT.toNanos();

        /** Two timeouts apart. */
        private final AtomicLong readings = new AtomicLong();

        private final AtomicReference<Runnable> set = new AtomicReference<>();

        private final int last;

        private volatile Thread passing;

        private volatile boolean rung;

        /** @param last the last task whose time passes, by the order of their starts, from 1 */
        Timer(int last) {
            this.last = last;
        }

        /** The first reading is that of the group's opening; then each task that starts reads it once. */
        @Override
        public long nanoTime() {
            return Thread.currentThread() == passing
                    ? (2L * last + 1) * TIMEOUT_NANOS
                    : 2 * readings.getAndIncrement() * TIMEOUT_NANOS;
        }

        @Override
        public Registration schedule(Duration delay, Runnable action) {
            set.set(action);
            return () -> {};
        }

        /** Runs a task until about the moment when the timer finds it, if that comes soon. */
        void awaitPassing() {
            for (int spins = 0; spins < PATIENCE_SPINS && passing == null; spins++) {
                Thread.onSpinWait();
            }
            for (int spins = ThreadLocalRandom.current().nextInt(MOST_SPINS_TO_FIND); spins > 0; spins--) {
                Thread.onSpinWait();
            }
        }

        boolean isSet() {
            return set.get() != null;
        }

        /** Waits a while for the last of the tasks to start, then lets their time pass. */
        void fire() {
            for (int spins = 0; spins < PATIENCE_SPINS && (readings.get() <= last || !isSet()); spins++) {
                Thread.onSpinWait();
            }
            ring();
        }

        /** The timer rings, if it is set. */
        void ring() {
            passing = Thread.currentThread();
            Runnable action = set.getAndSet(null);
            if (action != null) {
                action.run();
            }
            rung = true;
        }

        /** Waits until all that the timer does is done. */
        void awaitRung() {
            while (!rung) {
                Thread.onSpinWait();
            }
        }
    }

    /** A factory of one thread that is never started: an actor runs its body, and what the group does to it can be seen. */
    static final class OneThread implements ThreadFactory {
        private Thread thread;

        private Runnable started;

        @Override
        public Thread newThread(Runnable body) {
            thread = new Thread(body) {
                @Override
                public void start() {
                    started = body;
                }
            };
            return thread;
        }

        /** Runs the body here, if the thread was started. */
        void run() {
            if (started != null) {
                started.run();
            }
        }

        boolean isInterrupted() {
            return thread.isInterrupted();
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

    private static final TaskRun<?> SOME_TASK =
            taskOf(ErrGroup.open(ErrGroupOptions.builder().build()));

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

    /** A task that an executor has. */
    static TaskExtras handedOver(LastSteps lastSteps) {
        TaskExtras task = new TaskExtras(SOME_TASK);
        lastSteps.launched(task);
        return task;
    }

    /** What a compensating thread does with a task that it found. */
    static void compensate(ErrGroup group, TaskRun<?> task) {
        Thread thread = Thread.currentThread();
        if (task.claim(thread)) {
            ExternalExecutor executor = (ExternalExecutor) engine(group).launcher();
            executor.hostElsewhere(task, thread, null, Host.POOL_THREAD);
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
