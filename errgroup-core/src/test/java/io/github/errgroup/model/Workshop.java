package io.github.errgroup.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.errgroup.ErrGroupOptions;
import io.github.errgroup.GroupClock;
import io.github.errgroup.Registration;
import io.github.errgroup.TaskThreads;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** The threads, the executor and the clock of one execution. */
final class Workshop {
    private static final Duration DEADLINE = Duration.ofHours(1);

    private static final Duration TASK_TIMEOUT = Duration.ofMinutes(30);

    private static final ExecutorService POOL = Executors.newCachedThreadPool(task -> daemon(task));

    private final Place place;

    /** Threads of our own: none may be left. */
    private final List<Thread> made = new CopyOnWriteArrayList<>();

    private final AtomicInteger executed = new AtomicInteger();

    /** Tasks that were rejected, where that happens. */
    private final Set<Runnable> rejected = ConcurrentHashMap.newKeySet();

    private final List<Runnable> alarms = new CopyOnWriteArrayList<>();

    /** What is done when the deadline of a task has passed. */
    private final List<Runnable> taskAlarms = new CopyOnWriteArrayList<>();

    /** When a thread last read the clock: where it runs a task, when it started it. */
    private final Map<Thread, Long> readings = new ConcurrentHashMap<>();

    private final AtomicLong lastReading = new AtomicLong(System.nanoTime());

    /** What the clock says to the thread that passes a deadline. */
    private final ThreadLocal<Long> passing = new ThreadLocal<>();

    private final @Nullable ExecutorService poolOfOne;

    /** One for all groups of the execution, as a user's groups share an executor. */
    private final TaskThreads threads;

    private final GroupClock clock = new GroupClock() {
        @Override
        public long nanoTime() {
            Long passed = passing.get();
            if (passed != null) {
                return passed;
            }
            long now = lastReading.updateAndGet(last -> Math.max(last + 1, System.nanoTime())); // no two are the same
            readings.put(Thread.currentThread(), now);
            return now;
        }

        @Override
        public Registration schedule(Duration delay, Runnable action) {
            List<Runnable> set = delay.compareTo(TASK_TIMEOUT) <= 0 ? taskAlarms : alarms;
            set.add(action);
            return () -> set.remove(action);
        }
    };

    Workshop(Place place) {
        this.place = place;
        this.poolOfOne = place == Place.POOL_OF_ONE ? Executors.newSingleThreadExecutor(this::thread) : null;
        this.threads = threadsOf(poolOfOne);
    }

    private static Thread daemon(Runnable body) {
        Thread thread = new Thread(body, "model");
        thread.setDaemon(true);
        return thread;
    }

    ErrGroupOptions.Builder options() {
        ErrGroupOptions.Builder options =
                ErrGroupOptions.builder().timeout(DEADLINE).clock(clock).threads(threads);
        return switch (place) {
            case FRESH_THREADS, DYING -> options.reuseThreads(false);
            case REUSED_THREADS -> options.reuseThreads(true);
            case DROPPING -> options.starvationTimeout(Duration.ofMillis(1));
            case POOL, DELAYING, REJECTING, POOL_OF_ONE, CALLER -> options;
        };
    }

    /** For a group beside the one that is tested. */
    ErrGroupOptions.Builder childOptions() {
        return ErrGroupOptions.builder().threads(TaskThreads.from(this::thread));
    }

    private TaskThreads threadsOf(@Nullable Executor one) {
        return switch (place) {
            case FRESH_THREADS, REUSED_THREADS -> TaskThreads.from(this::thread);
            case DYING -> TaskThreads.from(this::threadThatMayDie);
            case POOL -> TaskThreads.on(once(POOL));
            case POOL_OF_ONE -> TaskThreads.on(once(Objects.requireNonNull(one)));
            case CALLER -> TaskThreads.on(once(Runnable::run));
            case DELAYING -> TaskThreads.on(task -> POOL.execute(() -> POOL.execute(task)));
            case REJECTING ->
                TaskThreads.on(task -> {
                    // A task that was rejected is rejected again, should it be handed over again.
                    if (rejected.contains(task) || isThird()) {
                        rejected.add(task);
                        throw new RejectedExecutionException("each third is rejected");
                    }
                    daemon(task).start(); // an idle thread would count as one that is about to take a task
                });
            case DROPPING ->
                TaskThreads.on(task -> {
                    if (!isThird()) {
                        POOL.execute(task);
                    }
                });
        };
    }

    /** An executor of its own, so that no other execution's groups are compensated with this one's. */
    private static Executor once(Executor executor) {
        return executor::execute;
    }

    private boolean isThird() {
        return executed.incrementAndGet() % 3 == 0;
    }

    private Thread thread(Runnable body) {
        Thread thread = daemon(body);
        made.add(thread);
        return thread;
    }

    private Thread threadThatMayDie(Runnable body) {
        if (!isThird()) {
            return thread(body);
        }
        return new Thread(body, "dying") {
            @Override
            public void start() {
                throw new OutOfMemoryError("unable to create native thread: none for each third");
            }
        };
    }

    /** How many tasks it was given, where it counts them: in the faulty places. */
    int executed() {
        return executed.get();
    }

    void passDeadline() {
        List.copyOf(alarms).forEach(Runnable::run);
    }

    Duration taskTimeout() {
        return TASK_TIMEOUT;
    }

    /** When a thread started the task that it runs. */
    long startOf(Thread runner) {
        return Objects.requireNonNull(readings.get(runner), "a task with a deadline reads the clock when it starts");
    }

    /** The own deadline passes of the task that a thread runs, and of those that started before it. */
    void passTaskDeadline(Thread runner) {
        List<Runnable> due = List.copyOf(taskAlarms);
        assertThat(due)
                .as("timers that are set while a task with a deadline runs")
                .hasSize(1);
        taskAlarms.removeAll(due);
        passing.set(startOf(runner) + TASK_TIMEOUT.toNanos());
        try {
            due.forEach(Runnable::run);
        } finally {
            passing.remove();
        }
    }

    /** Returns whether every thread has ended. */
    boolean joinThreads(long patienceNanos) {
        if (poolOfOne != null) {
            poolOfOne.shutdown();
        }
        long start = System.nanoTime();
        try {
            for (Thread thread : made) {
                long left = patienceNanos - (System.nanoTime() - start);
                thread.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(left)));
                if (thread.isAlive()) {
                    return false;
                }
            }
            return true;
        } catch (InterruptedException e) {
            throw new AssertionError("nobody interrupts this", e);
        }
    }
}
