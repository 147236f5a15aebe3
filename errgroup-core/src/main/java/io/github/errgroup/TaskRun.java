package io.github.errgroup;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One task: its handle, and the protocol by which it is taken, interrupted and ended.
 *
 * <pre>
 *  PENDING ──taken by a thread──▶ ACTIVE ──the body has ended──▶ ENDING ──▶ SUCCEEDED, FAILED,
 *     │                             │                              ▲        CANCELLED or SKIPPED
 *     │                          cancel                            │
 *     │                             ▼                              │
 *     │                       INTERRUPTING ──delivered──▶ INTERRUPTED
 *     └──never to run──▶ RETIRED ──▶ FAILED or SKIPPED ─────────────┘ (an active task that is skipped goes this way too)
 * </pre>
 *
 * <ol>
 *   <li>A task that several may take (an external executor, a compensating thread, the canceller) is taken by CAS out of
 *       PENDING, so it runs, is skipped or is rejected exactly once. One that only one thread can take (a fresh thread of
 *       ours, a worker that took it out of the queue) is made ACTIVE by a plain write before others can see it.
 *   <li>Only an ACTIVE task is interrupted. The window is closed by the thread that runs it, as soon as the body has
 *       ended; an interrupt that was on its way then is waited for after the result was stored and told, and the
 *       {@link Host} takes it back (J1). On a fresh thread the interrupt may come before the body; then the body is not run.
 *   <li>Register, then check (J2): an ACTIVE task with its thread is where cancellers look ({@link LiveTasks}), behind a
 *       full fence, before the cancellation is read; the canceller writes the cancellation behind a full fence, and only
 *       then looks there.
 *   <li>A task's own deadline (N10) interrupts it in the same way, and before any canceller: so a task that goes on is
 *       interrupted once more if its group is cancelled, by way of INTERRUPTING again. One interrupt is on its way at a time.
 *   <li>From ENDING on the status belongs to the thread that ends the task. The result is written before the final state,
 *       which
 *       never changes.
 * </ol>
 */
sealed class TaskRun<T extends @Nullable Object> implements Subtask<T>, Runnable, TaskHolder, LiveTasks.Seat
        permits DeadlineTask {
    private static final int PENDING = 0;

    private static final int ACTIVE = 1;

    private static final int INTERRUPTING = 2;

    private static final int INTERRUPTED = 3;

    private static final int ENDING = 4;

    private static final int RETIRED = 5;

    /** The final states follow, in the order of {@link State}. */
    private static final int FIRST_FINAL = 6;

    /** A bit beside ENDING and the final states: the interrupt that was on its way has not arrived. */
    private static final int DELIVERING = 1 << 8;

    private static final State[] STATES = State.values();

    /** In the place of the body, once a thread has taken it. */
    private static final Object STARTED = new Object();

    /** In the lowest bits of {@link #place}: how far from the index's own place the task sits. */
    private static final long OFFSET = (1 << 4) - 1;

    /** In {@link #place}: the task is off the group's word. */
    static final long LEFT = 1 << 4;

    /** In {@link #place}: it was counted as withdrawn. */
    static final long WITHDRAWN = 1 << 5;

    /** In {@link #place}: its submitter took it back, and nobody else can take it. */
    static final long TAKEN_BACK = 1 << 6;

    /** In {@link #place}: it is in the workers' queue, or was. */
    static final long QUEUED = 1 << 7;

    /** In {@link #place}: the start of its thread threw. */
    static final long UNSTARTED = 1 << 8;

    static final int INDEX_SHIFT = 9;

    private static final VarHandle STATUS;

    private static final VarHandle EXTRAS;

    private static final VarHandle RUNNER;

    private static final VarHandle PAYLOAD;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            STATUS = lookup.findVarHandle(TaskRun.class, "status", int.class);
            EXTRAS = lookup.findVarHandle(TaskRun.class, "extras", TaskExtras.class);
            RUNNER = lookup.findVarHandle(TaskRun.class, "runner", Thread.class);
            PAYLOAD = lookup.findVarHandle(TaskRun.class, "payload", Object.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** How long the end of a task waits for an {@code interrupt()} that is user code and does not return. */
    private static final long USER_INTERRUPT_NANOS = 1_000_000_000L;

    final TaskGroup group;

    private final @Nullable String name;

    /**
     * The index, and what is known of the task's place in the group, in the bits above; below zero until it is admitted.
     * Written by the thread that submits the task until its launch, then by the thread that ends it.
     */
    long place = -1;

    /** The protocol above. */
    private volatile int status;

    /** The body; then {@link #STARTED}; then the value or the exception, published by {@link #status}. */
    private @Nullable Object payload;

    /** The thread that runs it. Written by that thread or before its start; read by cancellers and snapshots. */
    private volatile @Nullable Thread runner;

    /**
     * The row of {@link LiveTasks} it sits in, or the next task of the {@link RunQueue} it stands in: never both. Written by
     * the thread that launches it; then by the one that ends it or takes it out of the queue.
     */
    private @Nullable Object link;

    /** What only some tasks have, or null. Set by the thread that submits the task, or by the one that runs it. */
    private volatile @Nullable TaskExtras extras;

    TaskRun(TaskGroup group, @Nullable String name, Object body) {
        this.group = group;
        this.name = name;
        this.payload = body;
    }

    /** Tells the index of a task, which is made before it is admitted. Called before its launch. */
    void index(long index) {
        place = index << INDEX_SHIFT;
    }

    // ---- taking

    /** Makes the task active, before or while nobody else can. */
    void activate(Thread thread) {
        RUNNER.setOpaque(this, thread);
        STATUS.setOpaque(this, ACTIVE);
    }

    /** Another thread than the one that it was made active for runs it. */
    void movesTo(Thread thread) {
        runner = thread; // a full fence, before that thread reads the cancellation: the canceller finds either
    }

    /**
     * Starts a thread that has the task in hand.
     *
     * @param seat where both are seen
     * @param starter starts the thread; null for {@link Thread#start}
     * @return why it could not, as {@link Launcher#launch} does
     */
    @Nullable
    Throwable startIn(Thread thread, LiveTasks.Seat seat, int wanted, @Nullable Consumer<Thread> starter) {
        activate(thread); // fault: fresh-task-has-its-thread
        try {
            boolean open = group.seat(seat, wanted); // fault: fresh-task-is-seen
            if (!open) {
                retireActive();
                return Launcher.CANCELLED_MEANWHILE;
            }
            if (starter == null) {
                thread.start();
            } else {
                starter.accept(thread);
            }
            return null;
        } catch (StackOverflowError e) {
            place |= UNSTARTED; // there may be no room here to take it back; the caller has it noted
            throw e;
        } catch (Throwable e) {
            retireActive();
            return e;
        }
    }

    /** Starts a thread that ends with the task. */
    @Nullable
    Throwable startIn(Thread thread, @Nullable Consumer<Thread> starter) {
        return startIn(thread, this, (int) index(), starter);
    }

    /** Takes the task to run it. True for one caller over {@link #claim} and {@link #retire}. */
    boolean claim(Thread thread) {
        if (!STATUS.compareAndSet(this, PENDING, ACTIVE)) { // fault: task-is-claimed
            return false;
        }
        runner = thread; // a full fence; a canceller that sees no runner comes before it, and will be seen
        return true;
    }

    /** Takes the task never to run it. The caller then ends it. */
    boolean retire() {
        return STATUS.compareAndSet(this, PENDING, RETIRED);
    }

    /** Takes back a task that was made active and whose thread did not start. */
    void retireActive() {
        closeWindow(RETIRED);
    }

    /** Takes back a task that was made active for a thread that has not started, and will not. */
    boolean retireUnstarted() {
        Thread thread = runner;
        if (!isActive() || payload == STARTED || thread == null || !hasNotStarted(thread)) {
            return false;
        }
        retireActive();
        return true;
    }

    /** A virtual thread that could not be started is terminated; one whose start threw may run all the same. */
    private boolean hasNotStarted(Thread thread) {
        Thread.State state = thread.getState();
        return VirtualThreads.isVirtual(thread)
                ? state == Thread.State.NEW || state == Thread.State.TERMINATED
                : state == Thread.State.NEW || (place & UNSTARTED) != 0;
    }

    boolean isPending() {
        return status == PENDING;
    }

    /** Whether its body runs, or has just ended. */
    boolean isRunning() {
        return isActive() && payload == STARTED;
    }

    // ---- running

    /** Whether a thread has it in hand and has not ended it. */
    boolean isActive() {
        int now = status;
        return now != PENDING && now < ENDING;
    }

    /** The entry of a fresh thread of ours, and of an external executor. */
    @Override
    public void run() {
        group.launcher().run(this);
    }

    /** The end of an active task whose thread cannot run it. */
    void fail(Throwable failure, Host host) {
        endDeadline();
        group.end(this, State.FAILED, failure, !closeWindow(ENDING), host);
    }

    /** Runs an active task to its very end. What it throws never leaves. */
    void perform(Host host) {
        if (!isActive()) {
            return; // a thread factory runs it too early, or twice
        }
        if (group.cancellation() != null) { // fault: starting-task-looks
            group.end(this, State.SKIPPED, null, !closeWindow(RETIRED), host);
            return;
        }
        State state;
        Object result;
        try {
            TaskExtras rare = extras;
            if (rare != null) {
                rare.openScope();
            }
            Object body = Objects.requireNonNull(payload);
            payload = STARTED;
            if (rare != null || hasDeadline()) {
                group.taskStarts(this);
            }
            result = call(body, rare == null ? null : rare.captured);
            state = State.SUCCEEDED;
        } catch (Throwable thrown) {
            result = thrown;
            state = State.FAILED;
        }
        boolean late = endDeadline(); // before: what is not late, its deadline interrupts no more
        // survivor: interrupt-of-a-listener
        boolean quick = host.endsWithTask() && extras == null && !late; // fault: late-task-claims-its-window
        boolean interrupted = quick ? !closeWindowOfFresh() : !closeWindow(ENDING);
        group.end(this, state, result, interrupted, host);
    }

    private @Nullable Object call(Object body, ContextPropagator.@Nullable Captured context) throws Exception {
        try {
            if (context != null) {
                return context.call(callable(body));
            }
            if (body instanceof Callable<?> valued) {
                return valued.call();
            }
            ((ThrowingRunnable) body).run();
            return null;
        } finally {
            TaskExtras rare = extras;
            if (rare != null && rare.children != null) {
                rare.children.closeLeftOpen(this);
            }
        }
    }

    @SuppressWarnings("unchecked")
    private static Callable<@Nullable Object> callable(Object body) {
        return body instanceof Callable<?> valued
                ? (Callable<@Nullable Object>) valued
                : () -> {
                    ((ThrowingRunnable) body).run();
                    return null;
                };
    }

    // ---- interrupt

    /** Interrupts the thread that runs the task, if it runs. */
    void interrupt() {
        int now = status;
        if (now != ACTIVE && !(now == INTERRUPTED && hasTimedOut())) {
            return;
        }
        Thread thread = runner;
        if (thread != null && STATUS.compareAndSet(this, now, INTERRUPTING)) { // fault: interrupt-claims-the-window
            if (now == INTERRUPTED) {
                countLaterInterrupt();
            }
            Interrupts.deliver(thread, this::delivered); // fault: interrupt-is-delivered
        }
    }

    /**
     * Interrupts the thread since the task's own deadline has passed (N10). A canceller that finds this interrupt on its way
     * leaves its own to the thread that delivers it: the body may have answered the first already.
     */
    void interruptAtDeadline() {
        Thread thread = runner;
        if (thread != null && STATUS.compareAndSet(this, ACTIVE, INTERRUPTING)) { // fault: deadline-claims-the-window
            Interrupts.deliver(thread, this::deliveredAtDeadline); // fault: deadline-is-delivered
        }
    }

    private void deliveredAtDeadline() {
        delivered();
        if (group.cancellation() != null) {
            interrupt();
        }
    }

    // ---- a deadline of its own, which only a DeadlineTask has

    boolean hasDeadline() {
        return false;
    }

    /** The body has ended. Returns whether its own deadline had passed before. */
    boolean endDeadline() {
        return false;
    }

    /** Whether its own deadline passed while it ran. */
    boolean hasTimedOut() {
        return false;
    }

    /** An interrupt is about to be delivered after that of the deadline. Called by the thread that delivers it. */
    void countLaterInterrupt() {}

    /** How many interrupts there were after that of the deadline, the one on its way included. */
    int laterInterrupts() {
        return 0;
    }

    /** The interrupt has arrived. */
    private void delivered() {
        int now;
        do {
            now = status;
        } while (!STATUS.compareAndSet(this, now, now == INTERRUPTING ? INTERRUPTED : now & ~DELIVERING));
    }

    /** From here on nobody interrupts the thread for this task. Returns whether nobody did, or is about to. */
    private boolean closeWindow(int end) {
        for (; ; ) {
            int now = status;
            if (STATUS.compareAndSet(this, now, now == INTERRUPTING ? end | DELIVERING : end)) {
                return now == ACTIVE;
            }
        }
    }

    /**
     * The same without a CAS, where the thread ends with its task and runs neither a listener nor, through a shared limit,
     * another group's task: an interrupt that a canceller sends between the two steps finds no user code any more.
     */
    private boolean closeWindowOfFresh() {
        if (status != ACTIVE) {
            return closeWindow(ENDING);
        }
        STATUS.setOpaque(this, ENDING);
        return true;
    }

    /** Waits for an interrupt that was on its way when the body ended. */
    void awaitDelivery() {
        long start = System.nanoTime();
        Thread thread = Thread.currentThread();
        for (int spins = 0; (status & DELIVERING) != 0; spins++) {
            if (spins < 64) {
                Thread.onSpinWait();
            } else if (spins < 256) {
                Thread.yield();
            } else {
                Thread.interrupted(); // else it would not park; the host takes the flag back anyway
                LockSupport.parkNanos(this, 50_000);
                if (System.nanoTime() - start > USER_INTERRUPT_NANOS && Interrupts.isUserCode(thread)) {
                    Log.warn("interrupt() of thread '" + thread.getName() + "' ("
                            + thread.getClass().getName() + ") has not returned for a second; " + describe()
                            + " ends without it");
                    break;
                }
            }
        }
    }

    /** How often its thread was interrupted for it: an interrupt that is on its way is counted by {@link #interrupts} alone. */
    int deliveredInterrupts() {
        int later = laterInterrupts(); // before the status: if a further one begins meanwhile, it is not counted
        int now = status;
        return now == INTERRUPTED ? 1 + later : now == INTERRUPTING ? later : 0;
    }

    /** How often its thread was interrupted for it while it ran, or is about to be. */
    int interrupts() {
        int now = status;
        return now == INTERRUPTING || now == INTERRUPTED ? 1 + laterInterrupts() : 0;
    }

    // ---- ending

    /** Stores the result and the final state. */
    void settle(State state, @Nullable Object result) {
        PAYLOAD.setRelease(this, result); // not before ENDING, nor after the final state
        int end = FIRST_FINAL + state.ordinal() - State.SUCCEEDED.ordinal();
        int now;
        do {
            now = status;
            if ((now & DELIVERING) == 0) {
                STATUS.setRelease(this, end); // it is ours alone
                return;
            }
        } while (!STATUS.compareAndSet(this, now, end | DELIVERING));
    }

    boolean isSettled() {
        return (status & ~DELIVERING) >= FIRST_FINAL;
    }

    /** The thread no longer counts as running this task; called by it, right before the end is known. */
    void leave() {
        RUNNER.setOpaque(this, null);
        if (link instanceof LiveTasks.Seat[] row) {
            link = null;
            LiveTasks.remove(row, (int) index() + (int) (place & OFFSET), this);
        }
    }

    // ---- links

    @Override
    public void seat(LiveTasks.Seat[] row, int offset) {
        link = row;
        place = (place & ~OFFSET) | offset;
    }

    @Nullable
    TaskRun<?> next() {
        return (TaskRun<?>) link;
    }

    void next(@Nullable TaskRun<?> task) {
        link = task;
    }

    @Override
    public TaskRun<?> occupant() {
        return this;
    }

    @Override
    public @Nullable TaskRun<?> taskOn(Thread thread) {
        return runner == thread ? this : null;
    }

    @Nullable
    Thread runner() {
        return runner;
    }

    /** What only some tasks have, made now if need be. Called by the thread that submits the task, or by the one that runs it. */
    TaskExtras extras() {
        TaskExtras rare = extras;
        if (rare == null) {
            rare = new TaskExtras(this);
            extras = rare;
        }
        return rare;
    }

    /** As {@link #extras()}, before the task can be seen by anyone else. */
    TaskExtras firstExtras() {
        TaskExtras rare = (TaskExtras) EXTRAS.get(this);
        if (rare == null) {
            rare = new TaskExtras(this);
            EXTRAS.set(this, rare);
        }
        return rare;
    }

    @Nullable
    TaskExtras extrasIfAny() {
        return extras;
    }

    // ---- the handle

    @Override
    @SuppressWarnings({"unchecked", "NullAway"}) // null is a T where T is nullable
    public T get() {
        State now = state();
        if (now != State.SUCCEEDED) {
            throw new IllegalStateException(
                    describe() + " is " + now
                            + ", so it has no value; get() is for tasks that SUCCEEDED, after await()",
                    exception());
        }
        return (T) payload;
    }

    @Override
    @SuppressWarnings({"unchecked", "NullAway"}) // null is a T where T is nullable
    public T orElse(T other) {
        return endedState("orElse") == State.SUCCEEDED ? (T) payload : other;
    }

    @Override
    @SuppressWarnings({"unchecked", "NullAway"}) // null is a T where T is nullable
    public T orElseGet(Function<? super Throwable, ? extends T> other) {
        Objects.requireNonNull(other, "other");
        State end = endedState("orElseGet");
        return switch (end) {
            case SUCCEEDED -> (T) payload;
            case FAILED -> other.apply((Throwable) payload);
            default -> other.apply(whyUndone(end));
        };
    }

    private State endedState(String verb) {
        State now = state();
        if (!now.isEnded()) {
            throw new IllegalStateException(describe() + " is " + now + ", so nobody knows yet whether it has a value; "
                    + verb + "() is for tasks that have ended, after await() or settle()");
        }
        return now;
    }

    /** Why it was cancelled or skipped. */
    private CancellationException whyUndone(State end) {
        Cancellation why = group.cancellation();
        String text = describe() + (end == State.SKIPPED ? " was skipped" : " was cancelled");
        // Null for a moment where the group is just being cancelled.
        CancellationException undone = new CancellationException(
                why == null ? text : text + " (" + why.reason + "): " + UserText.of(why.cause));
        if (why != null) {
            undone.initCause(why.cause);
        }
        Throwable thrown = exception();
        if (thrown != null && (why == null || thrown != why.cause)) {
            undone.addSuppressed(thrown);
        }
        return undone;
    }

    @Override
    public State state() {
        for (; ; ) {
            int now = status & ~DELIVERING;
            if (now >= FIRST_FINAL) {
                return STATES[now - FIRST_FINAL + State.SUCCEEDED.ordinal()];
            }
            if (now == ENDING || PAYLOAD.getAcquire(this) == STARTED) {
                return State.RUNNING;
            }
            if (now == (status & ~DELIVERING)) { // else it has started and ended between the two reads
                return State.PENDING;
            }
        }
    }

    @Override
    public @Nullable Throwable exception() {
        State end = state();
        return end == State.FAILED || end == State.CANCELLED ? (Throwable) payload : null;
    }

    @Override
    public String name() {
        return name != null ? name : "task-" + index();
    }

    @Override
    public long index() {
        return place >> INDEX_SHIFT;
    }

    String describe() {
        return "group '" + group.name() + "': task '" + name() + "' (#" + index() + ")";
    }

    @Override
    public String toString() {
        State now = state();
        Throwable failure = now == State.FAILED ? exception() : null;
        return describe() + " " + now + (failure == null ? "" : ": " + UserText.of(failure));
    }
}
