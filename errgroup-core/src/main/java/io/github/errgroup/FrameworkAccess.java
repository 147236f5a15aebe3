package io.github.errgroup;

import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * For frameworks that make groups for others, and end them with the application: the Spring Boot starter is built on it.
 * Code that uses groups does not need it.
 *
 * <p>Thread-safe, except {@link #guardWaits}: builders are not.
 */
public final class FrameworkAccess {
    private FrameworkAccess() {}

    /**
     * A group that opens at its first use: until then it has no deadline, no parent, no listener and no meter.
     *
     * @param options gives the settings, now and again for each {@link ErrGroup#fresh()}
     * @param beforeFirstUse runs at the first use, in the caller; if it throws, that use fails with what it threw, the
     *     group stays unopened, and the next use runs it again. {@link ErrGroup#fresh()}, {@link ErrGroup#name()},
     *     {@link ErrGroup#options()}, {@link ErrGroup#snapshot()} and {@link ErrGroup#close()} do not count as a use
     * @return a group that is not open yet
     */
    public static ErrGroup openLazily(Supplier<ErrGroupOptions> options, Runnable beforeFirstUse) {
        Objects.requireNonNull(options, "options");
        Objects.requireNonNull(beforeFirstUse, "beforeFirstUse");
        return new ErrGroup(Objects.requireNonNull(options.get(), "options"), options, beforeFirstUse);
    }

    /**
     * Cancels a group because the application stops: as {@link ErrGroup#cancel()}, with the reason
     * {@link CancelReason#SHUTDOWN}. Interrupts, and waits for no task.
     *
     * @param group the group
     */
    public static void cancelForShutdown(ErrGroup group) {
        group.engine().cancelForShutdown();
    }

    /**
     * The group in whose task a group was opened.
     *
     * @param group the group
     * @return its parent; null where there is none
     */
    public static @Nullable ErrGroup parentOf(ErrGroup group) {
        return group.engine().parentGroup();
    }

    /**
     * Changes a shared limit as {@link SharedLimit#setLimit} does, for a thread that must not run a user's task. An executor
     * may run a task in the thread that launches it, so another thread launches those that the change lets start.
     *
     * @param limit the shared limit
     * @param tasks how many tasks may run at once; negative for no limit, 0 lets nothing start
     * @param launcher if there are tasks to launch, it is given a Runnable that launches them; it runs that on another
     *     thread
     */
    public static void setLimit(SharedLimit limit, int tasks, Consumer<Runnable> launcher) {
        limit.setLimit(tasks, Objects.requireNonNull(launcher, "launcher"));
    }

    /**
     * How many tasks have a slot of a shared limit now.
     *
     * @param limit the shared limit
     * @return tasks that run, except those that wait in {@code await} or {@code go}
     */
    public static int running(SharedLimit limit) {
        return limit.held();
    }

    /**
     * How many tasks wait for a slot of a shared limit now.
     *
     * @param limit the shared limit
     * @param atMost where to stop counting
     * @return tasks that have not started, and tasks that gave their slot back to wait and need one to go on
     */
    public static int waiting(SharedLimit limit, int atMost) {
        return limit.waiting(atMost);
    }

    /**
     * Tells each time a task has to wait for a slot of a shared limit.
     *
     * @param limit the shared limit
     * @param told is run by the thread that submits the task; must neither block nor throw
     */
    public static void whenQueued(SharedLimit limit, Runnable told) {
        limit.whenQueued(Objects.requireNonNull(told, "told"));
    }

    /**
     * Sets a guard of threads that must never block, as an event loop's.
     *
     * @param options what to change
     * @param guard runs at the start of {@code await}, and in a thread that is about to block in {@code go}; what it throws
     *     is thrown to the caller. Null for none
     */
    public static void guardWaits(ErrGroupOptions.Builder options, @Nullable Runnable guard) {
        options.waitGuard(guard);
    }
}
