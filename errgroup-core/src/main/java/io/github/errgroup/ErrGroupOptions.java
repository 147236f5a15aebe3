package io.github.errgroup;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * How a group behaves. Immutable, and made by a {@link Builder}:
 * {@code ErrGroup.open(o -> o.name("quote").limit(8).timeout(ofSeconds(2)))}. Two are equal if all their values are.
 */
public final class ErrGroupOptions {
    /** The value of {@code limit} that means no limit, as in Go. */
    public static final int NO_LIMIT = -1;

    /** The longest duration that a setting may have, some 73 years: a long holds the sum of a few, in nanoseconds. */
    public static final Duration MAX_DURATION = Duration.ofNanos(Long.MAX_VALUE / 4);

    private static final Predicate<Throwable> NEVER = failure -> false;

    private static final ErrGroupOptions DEFAULTS = new ErrGroupOptions(new Values());

    private final Values values;

    private ErrGroupOptions(Values values) {
        this.values = values;
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
     * A builder that begins with the defaults.
     *
     * @return a new builder
     */
    public static Builder builder() {
        return DEFAULTS.toBuilder();
    }

    /**
     * A builder that begins with these values. Changing it does not change these options.
     *
     * @return a new builder
     */
    public Builder toBuilder() {
        return new Builder(values.copy());
    }

    /**
     * The group's name in messages, thread names and meters.
     *
     * @return the name
     */
    public String name() {
        return values.name;
    }

    /**
     * How many tasks may run at once.
     *
     * @return the limit; -1 for none, 0 lets nothing start
     */
    public int limit() {
        return values.limit;
    }

    /**
     * A limit over all groups that share it, besides the group's own.
     *
     * @return the shared limit; null for none
     */
    public @Nullable SharedLimit sharedLimit() {
        return values.sharedLimit;
    }

    /**
     * The time from opening to the deadline.
     *
     * @return above zero; null for no deadline
     */
    public @Nullable Duration timeout() {
        return values.timeout;
    }

    /**
     * How long each task may run.
     *
     * @return above zero; null for as long as it takes
     */
    public @Nullable Duration taskTimeout() {
        return values.taskTimeout;
    }

    /**
     * How long {@code go} may wait for a slot.
     *
     * @return zero for not at all; null for as long as it takes
     */
    public @Nullable Duration limitWait() {
        return values.limitWait;
    }

    /**
     * Whether the first failure cancels the rest.
     *
     * @return false if everything runs and the first failure is kept
     */
    public boolean cancelOnError() {
        return values.cancelOnError;
    }

    /**
     * How many failures are tolerated.
     *
     * @return null, the default, means 0, or any number if {@link #enough()} is set
     */
    public @Nullable Integer tolerate() {
        return values.tolerate;
    }

    /**
     * How many successes are enough.
     *
     * @return 0, the default, where all are wanted
     */
    public int enough() {
        return values.enough;
    }

    /**
     * Whether cancelling interrupts the threads of running tasks.
     *
     * @return false if it only sets the flag and runs the hooks
     */
    public boolean interruptOnCancel() {
        return values.interruptOnCancel;
    }

    /**
     * Where tasks run.
     *
     * @return the place
     */
    public TaskThreads threads() {
        return values.threads;
    }

    /**
     * Whether the group's own threads are reused.
     *
     * @return null, the default, means only where there is a limit
     */
    public @Nullable Boolean reuseThreads() {
        return values.reuseThreads;
    }

    /**
     * How long an executor that was handed in may make no progress before a compensating thread takes part.
     *
     * @return above zero
     */
    public Duration starvationTimeout() {
        return values.starvationTimeout;
    }

    /**
     * How long after cancellation a task that still runs is reported.
     *
     * @return above zero; null for never
     */
    public @Nullable Duration stragglerGrace() {
        return values.stragglerGrace;
    }

    /**
     * What carries thread-bound context into each task.
     *
     * @return null for none
     */
    public @Nullable ContextPropagator contextPropagator() {
        return values.contextPropagator;
    }

    /**
     * The exceptions that, once cancellation began, count as a task's cancellation, besides those that always do.
     *
     * @return the rule
     */
    public Predicate<? super Throwable> cancellationWhen() {
        return values.cancellationWhen;
    }

    /**
     * What makes the listeners of each group.
     *
     * @return the factories, in the order in which their listeners are told; unmodifiable
     */
    public List<GroupListener.Factory> listeners() {
        return values.listeners;
    }

    /**
     * Whether a group remembers where it was opened.
     *
     * @return true if the stack is walked at each opening
     */
    public boolean captureOpener() {
        return values.captureOpener;
    }

    /**
     * Time and timer.
     *
     * @return the clock
     */
    public GroupClock clock() {
        return values.clock;
    }

    /** See {@link FrameworkAccess#guardWaits}; null for none. */
    @Nullable
    Runnable waitGuard() {
        return values.waitGuard;
    }

    static void checkDuration(String name, @Nullable Duration value) {
        checkDuration(name, value, "must be above zero");
    }

    private static void checkDuration(String name, @Nullable Duration value, String rule) {
        if (value != null && (value.isNegative() || value.isZero() || value.compareTo(MAX_DURATION) > 0)) {
            throw new IllegalArgumentException(
                    name + " " + value + ": " + rule + " and at most " + MAX_DURATION.toDays() + " days");
        }
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ErrGroupOptions options && values.byName().equals(options.values.byName());
    }

    @Override
    public int hashCode() {
        return values.byName().hashCode();
    }

    /** The name, and what is not the default: {@code ErrGroupOptions[name=quote, limit=8, timeout=PT2S]}. */
    @Override
    public String toString() {
        Map<String, @Nullable Object> defaults = DEFAULTS.values.byName();
        StringBuilder text = new StringBuilder("ErrGroupOptions[name=").append(values.name);
        values.byName().forEach((option, value) -> {
            if (!option.equals("name") && !Objects.equals(value, defaults.get(option))) {
                text.append(", ").append(option).append('=').append(textOf(value));
            }
        });
        return text.append(']').toString();
    }

    private static String textOf(@Nullable Object value) {
        if (value == null) {
            return "none";
        }
        if (value instanceof SharedLimit shared) {
            return String.valueOf(shared.limit());
        }
        if (value instanceof Listeners.Shared shared) {
            return textOf(shared.listener());
        }
        if (value instanceof List<?> several) {
            return several.stream().map(ErrGroupOptions::textOf).toList().toString();
        }
        return UserText.orClassOf(value);
    }

    /**
     * Makes options, one value after the other. Each method changes this builder and returns it; a value that breaks its
     * rule is refused at once, and changes nothing. Not thread-safe.
     */
    public static final class Builder {
        /** Never shared. */
        private final Values values;

        private Builder(Values values) {
            this.values = values;
        }

        /**
         * Makes the options. Changing the builder afterwards does not change them.
         *
         * @return the options
         * @throws IllegalArgumentException if two values do not go together: {@link #tolerate} or {@link #enough} with
         *     {@code cancelOnError(false)}
         */
        public ErrGroupOptions build() {
            if (!values.cancelOnError) {
                checkCancels("tolerate", values.tolerate == null ? 0 : values.tolerate);
                checkCancels("enough", values.enough);
            }
            return new ErrGroupOptions(values.copy());
        }

        /**
         * Sets the group's name in messages, thread names and meters.
         *
         * @param name not blank
         * @return this builder
         * @throws IllegalArgumentException if it is blank
         */
        public Builder name(String name) {
            Objects.requireNonNull(name, "name");
            if (name.isBlank()) {
                throw new IllegalArgumentException("name '" + name + "': must not be blank");
            }
            values.name = name;
            return this;
        }

        /**
         * Sets the limit. With a limit the group's own threads are reused, unless {@link #reuseThreads(boolean)} says
         * otherwise. A task then may see a ThreadLocal that an earlier task of the group has set and not removed, unless the
         * {@linkplain #contextPropagator context propagator} carries it; and its InheritableThreadLocals come from the
         * thread that started the reused one.
         *
         * @param limit how many tasks may run at once; -1 (or any negative) for no limit, 0 lets nothing start
         * @return this builder
         */
        public Builder limit(int limit) {
            values.limit = Math.max(limit, NO_LIMIT);
            return this;
        }

        /**
         * Sets a limit that is shared with other groups, besides the group's own.
         *
         * @param sharedLimit a limit over all groups that share it; null for none
         * @return this builder
         */
        public Builder sharedLimit(@Nullable SharedLimit sharedLimit) {
            values.sharedLimit = sharedLimit;
            return this;
        }

        /**
         * Sets the deadline. It starts cancellation; {@code await()} returns when the tasks have ended.
         *
         * @param timeout from opening to the deadline, above zero; null for no deadline
         * @return this builder
         * @throws IllegalArgumentException if it is not above zero
         */
        public Builder timeout(@Nullable Duration timeout) {
            checkDuration("timeout", timeout);
            values.timeout = timeout;
            return this;
        }

        /**
         * Sets each task's own deadline. The time counts from the task's start, not while it waits for a slot. When it has
         * passed, that task alone is cancelled: its thread is interrupted (not with
         * {@link #interruptOnCancel(boolean) interruptOnCancel(false)}), the hooks that it has registered run, and
         * {@link GroupContext#isCancelled()} is true in it. It keeps its slot until it has ended.
         *
         * <p>A task that throws after its deadline is FAILED with a {@code TimeoutException} that names task and limit; what
         * it threw is suppressed below that. This is a failure like any other: it cancels a group that cancels on error. An
         * Error is kept as it is, and a task that returns its value even then has SUCCEEDED.
         *
         * @param taskTimeout above zero; null for as long as it takes
         * @return this builder
         * @throws IllegalArgumentException if it is not above zero
         */
        public Builder taskTimeout(@Nullable Duration taskTimeout) {
            checkDuration("taskTimeout", taskTimeout);
            values.taskTimeout = taskTimeout;
            return this;
        }

        /**
         * Sets how long {@code go} may wait for a slot, of the group's limit and of a {@linkplain #sharedLimit shared} one
         * together. A task that has no slot by then does not start: its handle is FAILED with a
         * {@link LimitExceededException}, which counts as any failure and as a rejection. So a service that is full says so
         * soon. Only the wait of callers from outside, which would block, is bounded; a task that a task of the group
         * submits is queued, for as long as it takes. {@code tryGo} never waits.
         *
         * @param limitWait zero for not at all, null for as long as it takes
         * @return this builder
         * @throws IllegalArgumentException if it is below zero
         */
        public Builder limitWait(@Nullable Duration limitWait) {
            if (limitWait != null && !limitWait.isZero()) {
                checkDuration("limitWait", limitWait, "must be zero or more");
            }
            values.limitWait = limitWait;
            return this;
        }

        /**
         * Sets whether the first failure cancels the rest (Go's {@code WithContext}, the default), or everything runs and
         * the first failure is kept (Go's zero {@code Group}).
         *
         * @param cancelOnError false to run everything and keep the first failure
         * @return this builder
         */
        public Builder cancelOnError(boolean cancelOnError) {
            values.cancelOnError = cancelOnError;
            return this;
        }

        private void checkCancels(String option, int value) {
            if (value > 0) {
                throw new IllegalArgumentException(
                        option + " " + value + " of group '" + values.name + "': only with cancelOnError(true)."
                                + " With cancelOnError(false) no failure cancels anything; call settle() to have none thrown");
            }
        }

        /**
         * Sets how many failures the group tolerates. The first ones, up to this number, neither cancel the group nor are
         * thrown. The next one is the failure, with the tolerated ones among its suppressed exceptions. Handles, meters and
         * listeners tell of every failure. An {@code Error} is never tolerated. Only for a group that cancels on error.
         *
         * @param failures 0 or more
         * @return this builder
         * @throws IllegalArgumentException if it is negative
         */
        public Builder tolerate(int failures) {
            if (failures < 0) {
                throw new IllegalArgumentException("tolerate " + failures + ": must be 0 or more");
            }
            values.tolerate = failures;
            return this;
        }

        /**
         * Sets how many successes are enough. After so many, the rest is cancelled with reason
         * {@link CancelReason#ENOUGH ENOUGH}, and {@code await()} returns when all tasks have ended. Failures cancel
         * nothing, unless {@link #tolerate} says how many are tolerated.
         *
         * <p>If the tasks end with fewer successes, or more of them fail than are tolerated, {@code await()} throws the
         * first failure, with the others suppressed. If there were too few tasks and none failed, it throws an
         * {@code ErrGroupException} that says so. An {@code Error} always cancels, and is thrown. Only for a group that
         * cancels on error.
         *
         * @param successes 1 or more; 0, the default, where all are wanted
         * @return this builder
         * @throws IllegalArgumentException if it is negative
         */
        public Builder enough(int successes) {
            if (successes < 0) {
                throw new IllegalArgumentException(
                        "enough " + successes + ": must be 1 or more, or 0 where all successes are wanted");
            }
            values.enough = successes;
            return this;
        }

        /**
         * Sets whether cancelling interrupts the running tasks' threads (the default), or only sets the flag and runs the
         * hooks. On a virtual thread an interrupt closes the socket it blocks on, and with it a pooled JDBC connection.
         *
         * @param interruptOnCancel false to leave threads alone: tasks watch the flag or register hooks
         * @return this builder
         */
        public Builder interruptOnCancel(boolean interruptOnCancel) {
            values.interruptOnCancel = interruptOnCancel;
            return this;
        }

        /**
         * Sets where tasks run.
         *
         * @param threads the place
         * @return this builder
         */
        public Builder threads(TaskThreads threads) {
            values.threads = Objects.requireNonNull(threads, "threads");
            return this;
        }

        /**
         * Sets an executor of the caller's as the place where tasks run: {@link TaskThreads#on}.
         *
         * @param executor where tasks run
         * @return this builder
         */
        public Builder executor(Executor executor) {
            return threads(TaskThreads.on(executor));
        }

        /**
         * Sets threads of a factory as the place where tasks run: {@link TaskThreads#from}.
         *
         * @param factory makes the threads that tasks run on
         * @return this builder
         */
        public Builder threadFactory(ThreadFactory factory) {
            return threads(TaskThreads.from(factory));
        }

        /**
         * Sets whether the group's own threads are reused. Where they are, a thread that ends a task takes the next one of
         * its group; between the two its name, class loader and interrupt flag are reset, and what the
         * {@linkplain #contextPropagator context propagator} carries. The next task may see any other ThreadLocal that an
         * earlier one has set and not removed, and its InheritableThreadLocals come from the thread that started this one.
         * Idle platform threads stay for half a second at most, and end with their group. No effect on an executor that was
         * handed in.
         *
         * @param reuseThreads true to reuse threads also without a limit; false to give every task a fresh thread. If this
         *     is not called, threads are reused where there is a limit
         * @return this builder
         */
        public Builder reuseThreads(boolean reuseThreads) {
            values.reuseThreads = reuseThreads;
            return this;
        }

        /**
         * Sets how long an executor that was handed in may neither start nor end a task of ours. After that a compensating
         * thread runs a task that a waiting group lacks; each time as long passes again, one more thread does.
         *
         * @param starvationTimeout above zero
         * @return this builder
         * @throws IllegalArgumentException if it is not above zero
         */
        public Builder starvationTimeout(Duration starvationTimeout) {
            checkDuration("starvationTimeout", Objects.requireNonNull(starvationTimeout, "starvationTimeout"));
            values.starvationTimeout = starvationTimeout;
            return this;
        }

        /**
         * Sets how long after cancellation a task that still runs is reported.
         *
         * @param stragglerGrace above zero; null for no report
         * @return this builder
         * @throws IllegalArgumentException if it is not above zero
         */
        public Builder stragglerGrace(@Nullable Duration stragglerGrace) {
            checkDuration("stragglerGrace", stragglerGrace);
            values.stragglerGrace = stragglerGrace;
            return this;
        }

        /**
         * Sets what carries thread-bound context into each task.
         *
         * @param contextPropagator null for none
         * @return this builder
         */
        public Builder contextPropagator(@Nullable ContextPropagator contextPropagator) {
            values.contextPropagator = contextPropagator;
            return this;
        }

        /**
         * Sets which exceptions, once cancellation began, count as a task's cancellation and not as its failure, besides
         * those that always do.
         *
         * @param cancellationWhen asked only after cancellation began, and never about an {@code Error}
         * @return this builder
         */
        public Builder cancellationWhen(Predicate<? super Throwable> cancellationWhen) {
            values.cancellationWhen = Objects.requireNonNull(cancellationWhen, "cancellationWhen");
            return this;
        }

        /**
         * Sets what makes the listeners of each group, instead of what is set now.
         *
         * @param listeners in the order in which their listeners are told
         * @return this builder
         */
        public Builder listeners(List<GroupListener.Factory> listeners) {
            values.listeners = List.copyOf(listeners);
            return this;
        }

        /**
         * Adds a listener for each group, made when the group opens. It is told after the present ones.
         *
         * @param listener makes the listener of a group
         * @return this builder
         */
        public Builder listener(GroupListener.Factory listener) {
            List<GroupListener.Factory> more = new ArrayList<>(values.listeners);
            more.add(Objects.requireNonNull(listener, "listener"));
            return listeners(more);
        }

        /**
         * Adds one listener for all groups that are opened with these options. It is told after the present ones, and is not
         * told which group an event is of.
         *
         * @param listener who is told what happens
         * @return this builder
         */
        public Builder listener(GroupListener listener) {
            return listener(new Listeners.Shared(Objects.requireNonNull(listener, "listener")));
        }

        /**
         * Sets whether a group remembers the place that opens it, for finding groups that nobody closes: the innermost
         * frames of user code, at most five, in {@link GroupSnapshot#openedAt()} and in reports of groups left open. For a
         * group made lazily, the place of its first use. It adds about 2.6 microseconds of processor time and 2 kB to an
         * opening where user code is on top of the stack (JMH, one processor, JDK 25), and more where frames of a framework
         * come first, of which at most 64 are walked. It costs no time where it is off.
         *
         * @param captureOpener true to walk the stack at each opening
         * @return this builder
         */
        public Builder captureOpener(boolean captureOpener) {
            values.captureOpener = captureOpener;
            return this;
        }

        /**
         * Sets another clock.
         *
         * @param clock time and timer
         * @return this builder
         */
        public Builder clock(GroupClock clock) {
            values.clock = Objects.requireNonNull(clock, "clock");
            return this;
        }

        /** See {@link FrameworkAccess#guardWaits}. */
        void waitGuard(@Nullable Runnable waitGuard) {
            values.waitGuard = waitGuard;
        }

        /** As the options' text would be now. */
        @Override
        public String toString() {
            return new ErrGroupOptions(values.copy()).toString();
        }
    }

    /**
     * The values, with their defaults. Changed by one builder alone; those that options hold are never changed. A new
     * option is a field here with its line in {@link #byName}, a method to set it and one to read it.
     */
    private static final class Values implements Cloneable {
        private String name = "group";
        private int limit = NO_LIMIT;
        private @Nullable SharedLimit sharedLimit;
        private @Nullable Duration timeout;
        private @Nullable Duration taskTimeout;
        private @Nullable Duration limitWait;
        private boolean cancelOnError = true;
        private @Nullable Integer tolerate;
        private int enough;
        private boolean interruptOnCancel = true;
        private TaskThreads threads = TaskThreads.automatic();
        private @Nullable Boolean reuseThreads;
        private Duration starvationTimeout = Duration.ofMillis(200);
        private @Nullable Duration stragglerGrace;
        private @Nullable ContextPropagator contextPropagator;
        private Predicate<? super Throwable> cancellationWhen = NEVER;
        private List<GroupListener.Factory> listeners = List.of();
        private @Nullable Runnable waitGuard;
        private boolean captureOpener;
        private GroupClock clock = GroupClock.system();

        Map<String, @Nullable Object> byName() {
            Map<String, @Nullable Object> all = new LinkedHashMap<>();
            all.put("name", name);
            all.put("limit", limit);
            all.put("sharedLimit", sharedLimit);
            all.put("timeout", timeout);
            all.put("taskTimeout", taskTimeout);
            all.put("limitWait", limitWait);
            all.put("cancelOnError", cancelOnError);
            all.put("tolerate", tolerate);
            all.put("enough", enough);
            all.put("interruptOnCancel", interruptOnCancel);
            all.put("threads", threads);
            all.put("reuseThreads", reuseThreads);
            all.put("starvationTimeout", starvationTimeout);
            all.put("stragglerGrace", stragglerGrace);
            all.put("contextPropagator", contextPropagator);
            all.put("cancellationWhen", cancellationWhen);
            all.put("listeners", listeners);
            all.put("waitGuard", waitGuard);
            all.put("captureOpener", captureOpener);
            all.put("clock", clock);
            return all;
        }

        Values copy() {
            try {
                return (Values) clone();
            } catch (CloneNotSupportedException e) {
                throw new AssertionError(e);
            }
        }
    }
}
