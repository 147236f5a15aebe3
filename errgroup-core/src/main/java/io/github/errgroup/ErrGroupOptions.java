package io.github.errgroup;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * How a group behaves. Immutable; each method with an argument returns a copy with that one value changed:
 * {@code ErrGroup.open(o -> o.name("quote").limit(8).timeout(ofSeconds(2)))}.
 *
 * @param name the group's name in messages, thread names and meters; not blank
 * @param limit how many tasks may run at once; -1 (or any negative) for no limit, 0 lets nothing start
 * @param sharedLimit a limit over all groups that share it, besides the group's own; null for none
 * @param timeout from opening to the deadline, above zero; null for no deadline
 * @param cancelOnError whether the first failure cancels the rest (Go's {@code WithContext}, the default), or
 *     everything runs and the first failure is kept (Go's zero {@code Group})
 * @param interruptOnCancel whether cancelling interrupts the running tasks' threads (the default), or only sets the
 *     flag and runs the hooks. On a virtual thread an interrupt closes the socket it blocks on, and with it a pooled
 *     JDBC connection
 * @param threads where tasks run
 * @param reuseThreads whether one of the group's own threads that ends a task may take the group's next one, which may then
 *     see a ThreadLocal that the first has set; null (the default) means only where there is a limit. No effect on an
 *     executor that was handed in
 * @param starvationTimeout how long an executor that was handed in may neither start nor end a task of ours before a
 *     compensating thread runs what a waiting group lacks, and one more each time it passes again; above zero
 * @param stragglerGrace how long after cancellation a task that still runs is reported; above zero, null for never
 * @param contextPropagator carries thread-bound context into each task; null for none
 * @param cancellationWhen exceptions that, once cancellation began, count as a task's cancellation and not as its
 *     failure, besides those that always do
 * @param listeners who is told what happens, in this order
 * @param waitGuard runs at the start of {@code await}, and in a thread that is about to block in {@code go}; what it throws
 *     is thrown to the caller. For threads that must never block, as an event loop's; null for none
 * @param captureOpener whether a group remembers where it was opened
 * @param clock time and timer
 */
public record ErrGroupOptions(
        String name,
        int limit,
        @Nullable SharedLimit sharedLimit,
        @Nullable Duration timeout,
        boolean cancelOnError,
        boolean interruptOnCancel,
        TaskThreads threads,
        @Nullable Boolean reuseThreads,
        Duration starvationTimeout,
        @Nullable Duration stragglerGrace,
        @Nullable ContextPropagator contextPropagator,
        Predicate<? super Throwable> cancellationWhen,
        List<GroupListener> listeners,
        @Nullable Runnable waitGuard,
        boolean captureOpener,
        GroupClock clock) {

    /** The value of {@code limit} that means no limit, as in Go. */
    public static final int NO_LIMIT = -1;

    /** The longest duration that a setting may have, some 73 years: sums of a few are nanoseconds in a long. */
    public static final Duration MAX_DURATION = Duration.ofNanos(Long.MAX_VALUE / 4);

    private static final Predicate<Throwable> NEVER = failure -> false;

    private static final ErrGroupOptions DEFAULTS = new ErrGroupOptions(
            "group",
            NO_LIMIT,
            null,
            null,
            true,
            true,
            TaskThreads.automatic(),
            null,
            Duration.ofMillis(200),
            null,
            null,
            NEVER,
            List.of(),
            null,
            false,
            GroupClock.system());

    /**
     * Checks every value.
     *
     * @throws IllegalArgumentException if a value breaks its rule; the message has name, value and rule
     * @throws NullPointerException if a value that must not be null is
     */
    public ErrGroupOptions {
        Objects.requireNonNull(name, "name");
        if (name.isBlank()) {
            throw new IllegalArgumentException("name '" + name + "': must not be blank");
        }
        limit = Math.max(limit, NO_LIMIT);
        checkDuration("timeout", timeout);
        Objects.requireNonNull(threads, "threads");
        checkDuration("starvationTimeout", Objects.requireNonNull(starvationTimeout, "starvationTimeout"));
        checkDuration("stragglerGrace", stragglerGrace);
        Objects.requireNonNull(cancellationWhen, "cancellationWhen");
        listeners = List.copyOf(listeners);
        Objects.requireNonNull(clock, "clock");
    }

    static void checkDuration(String name, @Nullable Duration value) {
        if (value != null && (value.isNegative() || value.isZero() || value.compareTo(MAX_DURATION) > 0)) {
            throw new IllegalArgumentException(
                    name + " " + value + ": must be above zero and at most " + MAX_DURATION.toDays() + " days");
        }
    }

    /**
     * No limit, no deadline, cancel on the first error by interrupt, each task on a fresh thread.
     *
     * @return the defaults
     */
    public static ErrGroupOptions defaults() {
        return DEFAULTS;
    }

    /**
     * With another name.
     *
     * @param name the group's name; not blank
     * @return a copy
     */
    public ErrGroupOptions name(String name) {
        return new ErrGroupOptions(
                name,
                limit,
                sharedLimit,
                timeout,
                cancelOnError,
                interruptOnCancel,
                threads,
                reuseThreads,
                starvationTimeout,
                stragglerGrace,
                contextPropagator,
                cancellationWhen,
                listeners,
                waitGuard,
                captureOpener,
                clock);
    }

    /**
     * With another limit. It also lets the group's own threads be reused, unless {@link #reuseThreads(boolean)} says
     * otherwise: a task may see a ThreadLocal that an earlier task of the group has set and not removed, unless the
     * {@linkplain #contextPropagator() context propagator} knows it, and InheritableThreadLocals come from whoever started
     * the thread.
     *
     * @param limit how many tasks may run at once; negative for no limit, 0 lets nothing start
     * @return a copy
     */
    public ErrGroupOptions limit(int limit) {
        return new ErrGroupOptions(
                name,
                limit,
                sharedLimit,
                timeout,
                cancelOnError,
                interruptOnCancel,
                threads,
                reuseThreads,
                starvationTimeout,
                stragglerGrace,
                contextPropagator,
                cancellationWhen,
                listeners,
                waitGuard,
                captureOpener,
                clock);
    }

    /**
     * With a limit that is shared with other groups.
     *
     * @param sharedLimit a limit over all groups that share it; null for none
     * @return a copy
     */
    public ErrGroupOptions sharedLimit(@Nullable SharedLimit sharedLimit) {
        return new ErrGroupOptions(
                name,
                limit,
                sharedLimit,
                timeout,
                cancelOnError,
                interruptOnCancel,
                threads,
                reuseThreads,
                starvationTimeout,
                stragglerGrace,
                contextPropagator,
                cancellationWhen,
                listeners,
                waitGuard,
                captureOpener,
                clock);
    }

    /**
     * With a deadline. It starts cancellation; {@code await()} returns when the tasks have ended.
     *
     * @param timeout from opening to the deadline, above zero; null for no deadline
     * @return a copy
     */
    public ErrGroupOptions timeout(@Nullable Duration timeout) {
        return new ErrGroupOptions(
                name,
                limit,
                sharedLimit,
                timeout,
                cancelOnError,
                interruptOnCancel,
                threads,
                reuseThreads,
                starvationTimeout,
                stragglerGrace,
                contextPropagator,
                cancellationWhen,
                listeners,
                waitGuard,
                captureOpener,
                clock);
    }

    /**
     * With or without cancelling on the first error.
     *
     * @param cancelOnError false to run everything and keep the first failure
     * @return a copy
     */
    public ErrGroupOptions cancelOnError(boolean cancelOnError) {
        return new ErrGroupOptions(
                name,
                limit,
                sharedLimit,
                timeout,
                cancelOnError,
                interruptOnCancel,
                threads,
                reuseThreads,
                starvationTimeout,
                stragglerGrace,
                contextPropagator,
                cancellationWhen,
                listeners,
                waitGuard,
                captureOpener,
                clock);
    }

    /**
     * With or without interrupting on cancellation.
     *
     * @param interruptOnCancel false to leave threads alone: tasks watch the flag or register hooks
     * @return a copy
     */
    public ErrGroupOptions interruptOnCancel(boolean interruptOnCancel) {
        return new ErrGroupOptions(
                name,
                limit,
                sharedLimit,
                timeout,
                cancelOnError,
                interruptOnCancel,
                threads,
                reuseThreads,
                starvationTimeout,
                stragglerGrace,
                contextPropagator,
                cancellationWhen,
                listeners,
                waitGuard,
                captureOpener,
                clock);
    }

    /**
     * With another place for the tasks.
     *
     * @param threads where tasks run
     * @return a copy
     */
    public ErrGroupOptions threads(TaskThreads threads) {
        return new ErrGroupOptions(
                name,
                limit,
                sharedLimit,
                timeout,
                cancelOnError,
                interruptOnCancel,
                threads,
                reuseThreads,
                starvationTimeout,
                stragglerGrace,
                contextPropagator,
                cancellationWhen,
                listeners,
                waitGuard,
                captureOpener,
                clock);
    }

    /**
     * With or without reuse of the group's own threads. Where they are reused, a thread that ends a task takes the next one of
     * its group; its name, class loader and interrupt flag are reset between, and what the
     * {@linkplain #contextPropagator() context propagator} carries. Any other ThreadLocal that a task has set and not removed
     * may be seen by the group's next task, and InheritableThreadLocals come from whoever started the thread. Idle platform
     * threads stay for half a second at most, and end with their group.
     *
     * @param reuseThreads true also without a limit; false never: every task then has a fresh thread. Without either, threads
     *     are reused where there is a limit
     * @return a copy
     */
    public ErrGroupOptions reuseThreads(boolean reuseThreads) {
        return new ErrGroupOptions(
                name,
                limit,
                sharedLimit,
                timeout,
                cancelOnError,
                interruptOnCancel,
                threads,
                reuseThreads,
                starvationTimeout,
                stragglerGrace,
                contextPropagator,
                cancellationWhen,
                listeners,
                waitGuard,
                captureOpener,
                clock);
    }

    /**
     * With another patience for a handed-in executor that makes no progress.
     *
     * @param starvationTimeout above zero
     * @return a copy
     */
    public ErrGroupOptions starvationTimeout(Duration starvationTimeout) {
        return new ErrGroupOptions(
                name,
                limit,
                sharedLimit,
                timeout,
                cancelOnError,
                interruptOnCancel,
                threads,
                reuseThreads,
                starvationTimeout,
                stragglerGrace,
                contextPropagator,
                cancellationWhen,
                listeners,
                waitGuard,
                captureOpener,
                clock);
    }

    /**
     * With a report of tasks that outlive the cancellation by more than this.
     *
     * @param stragglerGrace above zero; null for no report
     * @return a copy
     */
    public ErrGroupOptions stragglerGrace(@Nullable Duration stragglerGrace) {
        return new ErrGroupOptions(
                name,
                limit,
                sharedLimit,
                timeout,
                cancelOnError,
                interruptOnCancel,
                threads,
                reuseThreads,
                starvationTimeout,
                stragglerGrace,
                contextPropagator,
                cancellationWhen,
                listeners,
                waitGuard,
                captureOpener,
                clock);
    }

    /**
     * With thread-bound context carried into each task.
     *
     * @param contextPropagator null for none
     * @return a copy
     */
    public ErrGroupOptions contextPropagator(@Nullable ContextPropagator contextPropagator) {
        return new ErrGroupOptions(
                name,
                limit,
                sharedLimit,
                timeout,
                cancelOnError,
                interruptOnCancel,
                threads,
                reuseThreads,
                starvationTimeout,
                stragglerGrace,
                contextPropagator,
                cancellationWhen,
                listeners,
                waitGuard,
                captureOpener,
                clock);
    }

    /**
     * With further exceptions that count as a task's cancellation.
     *
     * @param cancellationWhen asked only after cancellation began, and never about an {@code Error}
     * @return a copy
     */
    public ErrGroupOptions cancellationWhen(Predicate<? super Throwable> cancellationWhen) {
        return new ErrGroupOptions(
                name,
                limit,
                sharedLimit,
                timeout,
                cancelOnError,
                interruptOnCancel,
                threads,
                reuseThreads,
                starvationTimeout,
                stragglerGrace,
                contextPropagator,
                cancellationWhen,
                listeners,
                waitGuard,
                captureOpener,
                clock);
    }

    /**
     * With these listeners instead of the present ones.
     *
     * @param listeners in the order they are told
     * @return a copy
     */
    public ErrGroupOptions listeners(List<GroupListener> listeners) {
        return new ErrGroupOptions(
                name,
                limit,
                sharedLimit,
                timeout,
                cancelOnError,
                interruptOnCancel,
                threads,
                reuseThreads,
                starvationTimeout,
                stragglerGrace,
                contextPropagator,
                cancellationWhen,
                listeners,
                waitGuard,
                captureOpener,
                clock);
    }

    /**
     * With a guard of threads that must never block.
     *
     * @param waitGuard runs in a thread that is about to block, and throws if it must not; null for none
     * @return a copy
     */
    public ErrGroupOptions waitGuard(@Nullable Runnable waitGuard) {
        return new ErrGroupOptions(
                name,
                limit,
                sharedLimit,
                timeout,
                cancelOnError,
                interruptOnCancel,
                threads,
                reuseThreads,
                starvationTimeout,
                stragglerGrace,
                contextPropagator,
                cancellationWhen,
                listeners,
                waitGuard,
                captureOpener,
                clock);
    }

    /**
     * With or without the place that opens the group, for finding groups that nobody closes: the innermost frames of user
     * code, at most five, in {@link GroupSnapshot#openedAt()} and in reports of groups left open. For a group made lazily,
     * the place of its first use. It adds about 2.6 microseconds of processor time and 2 kB to an opening where
     * user code is on top of the stack (JMH, one processor, JDK 25), more where frames of a framework have to be passed
     * over, of which 64 frames are the most that is walked; and no time where it is off.
     *
     * @param captureOpener true to walk the stack at each opening
     * @return a copy
     */
    public ErrGroupOptions captureOpener(boolean captureOpener) {
        return new ErrGroupOptions(
                name,
                limit,
                sharedLimit,
                timeout,
                cancelOnError,
                interruptOnCancel,
                threads,
                reuseThreads,
                starvationTimeout,
                stragglerGrace,
                contextPropagator,
                cancellationWhen,
                listeners,
                waitGuard,
                captureOpener,
                clock);
    }

    /**
     * With another clock.
     *
     * @param clock time and timer
     * @return a copy
     */
    public ErrGroupOptions clock(GroupClock clock) {
        return new ErrGroupOptions(
                name,
                limit,
                sharedLimit,
                timeout,
                cancelOnError,
                interruptOnCancel,
                threads,
                reuseThreads,
                starvationTimeout,
                stragglerGrace,
                contextPropagator,
                cancellationWhen,
                listeners,
                waitGuard,
                captureOpener,
                clock);
    }

    /**
     * With one more listener, after the present ones.
     *
     * @param listener who is told what happens
     * @return a copy
     */
    public ErrGroupOptions listener(GroupListener listener) {
        List<GroupListener> more = new ArrayList<>(listeners);
        more.add(Objects.requireNonNull(listener, "listener"));
        return listeners(more);
    }

    /**
     * With an executor of the caller's: {@link TaskThreads#on}.
     *
     * @param executor where tasks run
     * @return a copy
     */
    public ErrGroupOptions executor(Executor executor) {
        return threads(TaskThreads.on(executor));
    }

    /**
     * With threads of a factory: {@link TaskThreads#from}.
     *
     * @param factory makes the threads that tasks run on
     * @return a copy
     */
    public ErrGroupOptions threadFactory(ThreadFactory factory) {
        return threads(TaskThreads.from(factory));
    }
}
