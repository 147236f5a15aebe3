package io.github.errgroup.soak;

import io.github.errgroup.ErrGroup;
import io.github.errgroup.Subtask;
import java.util.Collection;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What one group's tasks did, counted in their bodies and by who started them, with nothing of the engine's. It checks,
 * whenever a task starts or ends: not above the limit, not after the end, context and interrupt flag as they must be.
 *
 * <p>Each count is taken so that the engine cannot be blamed wrongly: a body is out of {@link #running} before its slot
 * can be free, and a failure has its place in the order before it is thrown.
 *
 * <p>Thread-safe.
 */
final class Ledger {
    /** What a task does. */
    @FunctionalInterface
    interface Work {
        void perform(Turn turn) throws Exception;
    }

    private final World world;

    private final String title;

    private final @Nullable Object plan;

    private final int ceiling;

    private final @Nullable SharedGauge shared;

    /** Whether a set interrupt flag is the group's doing: on a caller-runs executor it may be the caller's. */
    private final boolean ownFlag;

    /** The handles; null where there are too many to keep. */
    private final @Nullable Collection<Subtask<?>> handles;

    private final AtomicLong order = new AtomicLong();

    /** Which failure in time is the one that is thrown, from 1. */
    private final int firstThatCounts;

    /** How many failures were recorded. Guarded by this. */
    private int recorded;

    /** When the failure that is thrown was recorded at the latest, in {@link #order}. Guarded by this. */
    private long firstRecorded = Long.MAX_VALUE;

    private final Told told = new Told(this);

    private final AtomicInteger running = new AtomicInteger();

    final AtomicLong submitted = new AtomicLong();

    final AtomicLong started = new AtomicLong();

    final AtomicLong succeeded = new AtomicLong();

    /** Threw what was planted. */
    final AtomicLong failed = new AtomicLong();

    /** Of those, the ones that threw an Error. */
    final AtomicLong faults = new AtomicLong();

    /** Stopped by the cancellation of the group, or by their own deadline: a body cannot know which came first. */
    final AtomicLong stopped = new AtomicLong();

    /** Written by the owner before the first task; read by the tasks. */
    private volatile @Nullable ErrGroup group;

    /** Set by the owner when no task may run any more; read by the tasks. */
    private volatile @Nullable String over;

    /**
     * An empty ledger.
     *
     * @param world where violations and totals go
     * @param title whose it is, for messages
     * @param plan what was meant to be, for messages
     * @param place where the tasks run
     * @param ceiling how many may run at once; negative for no limit
     * @param firstThatCounts which failure in time is the one that is thrown, from 1
     * @param shared what counts the slots of the shared limit; null where there is none
     * @param handles keeps the handles; null to keep none
     */
    private Ledger(
            World world,
            String title,
            @Nullable Object plan,
            Place place,
            int ceiling,
            int firstThatCounts,
            @Nullable SharedGauge shared,
            @Nullable Collection<Subtask<?>> handles) {
        this.world = world;
        this.title = title;
        this.plan = plan;
        this.ceiling = ceiling;
        this.firstThatCounts = firstThatCounts;
        this.shared = shared;
        this.ownFlag = place != Place.CALLER_RUNS;
        this.handles = handles;
    }

    /** Of a group that a plan tells of. */
    static Ledger of(World world, String title, Plan plan) {
        return new Ledger(
                world,
                title,
                plan,
                plan.place(),
                plan.ceiling(),
                plan.outcomes().firstThatCounts(),
                world.shared(plan.shared()),
                new ConcurrentLinkedQueue<>());
    }

    /** Of a group that lives long. */
    static Ledger ofLongLived(World world, String title, Place place, int ceiling, @Nullable SharedGauge shared) {
        return new Ledger(world, title, null, place, ceiling, 1, shared, null);
    }

    void opened(ErrGroup opened) {
        group = opened;
        world.totals().groups.increment();
    }

    ErrGroup group() {
        return Objects.requireNonNull(group, "not opened yet");
    }

    String title() {
        return title;
    }

    World world() {
        return world;
    }

    int running() {
        return running.get();
    }

    /** What the engine tells of the group, if it is one of its listeners. */
    Told told() {
        return told;
    }

    Collection<Subtask<?>> handles() {
        return Objects.requireNonNull(handles, "kept none");
    }

    /** The next place in the order of what happens. */
    long now() {
        return order.incrementAndGet();
    }

    synchronized void failureRecorded() {
        if (++recorded == firstThatCounts) {
            firstRecorded = now();
        }
    }

    /**
     * Whether a failure may be the first in time: no other had been recorded before it was thrown, but for those that are
     * tolerated.
     */
    synchronized boolean mayBeFirst(Throwable failure) {
        return failure instanceof Planted planted && planted.ledger() == this && planted.thrownAt() <= firstRecorded;
    }

    /** From now on no task may run. */
    void over(String why) {
        over = why;
        if (running() != 0) {
            broken(why + ", and " + running() + " tasks run");
        }
    }

    void broken(String invariant) {
        broken(invariant, null);
    }

    void broken(String invariant, @Nullable Throwable thrown) {
        world.violations().broken(invariant, title + ", " + group + ", " + plan, thrown);
    }

    // ---- starting tasks

    /** Starts a task. */
    void go(Work work, TaskKind kind) {
        started(group().go(body(work, kind)));
    }

    /** Starts a named task. */
    void goNamed(Work work, TaskKind kind) {
        started(group().go(kind.name(), body(work, kind)));
    }

    /** Starts a task or not. Returns whether it did. */
    boolean tryGo(Work work, TaskKind kind) {
        Optional<? extends Subtask<?>> handle = group().tryGo(body(work, kind));
        handle.ifPresent(this::started);
        return handle.isPresent();
    }

    /** A task was submitted. */
    void started(Subtask<?> handle) {
        submitted.incrementAndGet();
        if (handles != null) {
            handles.add(handle);
        }
    }

    /** The body of a task that the calling thread is about to submit. Its value is this ledger's title. */
    Callable<String> body(Work work, TaskKind kind) {
        ContextValue expected = ContextValue.current();
        return () -> perform(work, kind, expected);
    }

    private String perform(Work work, TaskKind kind, @Nullable ContextValue expected) throws Exception {
        Turn turn = enter(kind, expected);
        try {
            work.perform(turn);
        } catch (Throwable e) {
            leave(turn, endOf(e));
            throw e;
        }
        leave(turn, succeeded);
        return title;
    }

    private AtomicLong endOf(Throwable thrown) {
        if (thrown instanceof Planted) {
            if (thrown instanceof Error) {
                faults.incrementAndGet();
            }
            return failed;
        }
        if (thrown instanceof InterruptedException || thrown instanceof CancellationException) {
            if (!group().context().isCancelled()) {
                broken("a task is stopped only if its group is cancelled or its own deadline has passed", thrown);
            }
            return stopped;
        }
        broken("a task throws only what was planted", thrown);
        return failed;
    }

    private Turn enter(TaskKind kind, @Nullable ContextValue expected) {
        String ended = over;
        if (ended != null) {
            broken(ended + ", and a task starts");
        }
        started.incrementAndGet();
        int now = running.incrementAndGet();
        if (ceiling >= 0 && now > ceiling) {
            broken("above the limit of " + ceiling + ": " + now + " run");
        }
        if (ownFlag
                && Thread.currentThread().isInterrupted()
                && !group().context().isCancelled()) {
            broken("a task starts with the interrupt of another");
        }
        if (ContextValue.current() != expected) {
            broken("a task sees the context of who started it, " + expected + ", not " + ContextValue.current());
        }
        Turn turn = new Turn(this, shared);
        world.totals().happened("task " + kind);
        if (kind.isBlocking()) {
            world.totals().happened(Shares.BLOCKING);
        }
        // What a task sets is nobody else's business afterwards.
        ContextValue.current(new ContextValue("dirt of " + title));
        return turn;
    }

    private void leave(Turn turn, AtomicLong end) {
        String ended = over;
        if (ended != null) {
            broken(ended + ", and a task ends");
        }
        turn.leaveShared();
        end.incrementAndGet();
        running.decrementAndGet();
    }
}
