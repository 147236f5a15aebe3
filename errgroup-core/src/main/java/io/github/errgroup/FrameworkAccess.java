package io.github.errgroup;

import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a framework needs that makes groups for others, and ends them with the application: the Spring Boot starter is built
 * on it. Code that uses groups needs none of it.
 *
 * <p>Thread-safe, but for {@link #guardWaits}, as its builder.
 */
public final class FrameworkAccess {
    private FrameworkAccess() {}

    /**
     * A group that opens at its first use: until then it has no deadline, no parent, no listener and no meter.
     *
     * @param options gives the settings, now and again for each {@link ErrGroup#fresh()}
     * @param beforeFirstUse runs at the first use, in the caller; if it throws, that use fails with what it threw, the
     *     group stays unopened, and the next use runs it again. {@link ErrGroup#fresh()}, {@link ErrGroup#name()},
     *     {@link ErrGroup#options()}, {@link ErrGroup#snapshot()} and {@link ErrGroup#close()} are no use
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
