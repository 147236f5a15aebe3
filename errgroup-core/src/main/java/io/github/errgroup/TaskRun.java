package io.github.errgroup;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One task: its handle, and the protocol by which it is claimed, interrupted and ended.
 *
 * <pre>
 *  PENDING ──claim──▶ RUNNING ──the body has ended──▶ ENDED
 *     │                  │
 *     │               cancel                     (body's end leaves these two alone)
 *     │                  ▼
 *     │             INTERRUPTING ──delivered──▶ INTERRUPTED
 *     └──skip, or it could not be started──▶ ENDED
 * </pre>
 *
 * <ol>
 *   <li>Whoever moves it out of PENDING owns its end, so it runs, is skipped or is rejected exactly once: a worker, a
 *       compensating thread, the canceller and a rejecting executor may all try.
 *   <li>Only a RUNNING task is interrupted. The window is closed by the thread that runs it, as soon as the body has
 *       ended; if an interrupt was on its way then, {@link #awaitDelivery} waits until it has arrived, and the {@link Host} takes it back (J1).
 *   <li>Register, then check (J2): the task is in {@link LiveTasks} and RUNNING with its thread known, and only then is
 *       the cancellation read; the canceller writes the cancellation, and only then visits the live tasks. A task that
 *       is RUNNING without a known thread has yet to read the cancellation, and will see it.
 *   <li>The outcome is written once, after the result, and never changes.
 * </ol>
 */
final class TaskRun<T extends @Nullable Object> implements Subtask<T>, Runnable, TaskThread {
    private static final int PENDING = 0;

    private static final int RUNNING = 1;

    private static final int INTERRUPTING = 2;

    private static final int INTERRUPTED = 3;

    private static final int ENDED = 4;

    private static final VarHandle STATUS;

    static {
        try {
            STATUS = MethodHandles.lookup().findVarHandle(TaskRun.class, "status", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** How long the end of a task waits for an {@code interrupt()} that is user code and does not return. */
    private static final long USER_INTERRUPT_NANOS = 1_000_000_000L;

    /** What a task has of the shared limit. */
    enum SharedSlot {
        /** It needs none: there is no shared limit, or it is unlimited. */
        NONE,
        /** It waits for one, and must not run. */
        QUEUED,
        HELD,
        /** Given back while it waits, to be taken again before it goes on. */
        GIVEN_BACK
    }

    final GroupEngine engine;

    private final @Nullable String name;

    private final long index;

    /** The protocol above. Written by CAS, by whom the diagram says. */
    private volatile int status;

    /** Final state, or null. Written once by the owner of the end; read by anyone. */
    private volatile @Nullable State outcome;

    /** The body; then the value or the exception. Written by the owner of the end, published by {@link #outcome}. */
    private @Nullable Object payload;

    /** The context of the thread that called {@code go}, or null. Read by the thread that runs the task. */
    private final ContextPropagator.@Nullable Captured captured;

    /** That context while it is set. Own thread only. */
    private ContextPropagator.@Nullable Scope scope;

    /** The thread that runs it. Written before its start or right after the claim; read by cancellers and snapshots. */
    private volatile @Nullable Thread runner;

    /** Where it sits in {@link LiveTasks}. Written by who launches it, read by who ends it. */
    private TaskRun<?> @Nullable [] seatRow;

    private int seat;

    /** Start in the group's clock, 0 if nobody wants times. Written by the running thread. */
    private volatile long startNanos;

    /** The thread that is inside {@code execute} for this task, or null: a task run by it is run by its caller. */
    private volatile @Nullable Thread launcher;

    /** The task that was current on this thread before, if a caller-runs executor nested them. Own thread only. */
    private @Nullable TaskRun<?> outer;

    /** Whether a cancellation hook that this task registered has run: a socket it closed explains a SocketException. */
    private volatile boolean hookRan;

    /** Its slot of the shared limit. Written under {@link SharedLimit}'s lock; read by compensating threads. */
    volatile SharedSlot sharedSlot = SharedSlot.NONE;

    /** Groups opened by this task and not closed yet, or null. Written by the task's thread, read by cancellers. */
    private volatile @Nullable Children children;

    TaskRun(
            GroupEngine engine,
            @Nullable String name,
            long index,
            Object body,
            ContextPropagator.@Nullable Captured captured) {
        this.engine = engine;
        this.name = name;
        this.index = index;
        this.payload = body;
        this.captured = captured;
    }

    // ---- claim, skip, run

    /** Takes the task out of PENDING, to run it. True for exactly one caller over skip and claim. */
    boolean claim() {
        return STATUS.compareAndSet(this, PENDING, RUNNING);
    }

    /** Takes the task out of PENDING, never to run it. The caller then ends it. */
    boolean retire() {
        return STATUS.compareAndSet(this, PENDING, ENDED);
    }

    boolean isPending() {
        return status == PENDING;
    }

    /** Whether it may run, and no thread has taken it. */
    boolean isReady() {
        return status == PENDING && sharedSlot != SharedSlot.QUEUED;
    }

    boolean isRunning() {
        int now = status;
        return now != PENDING && now != ENDED && outcome == null;
    }

    /** The entry of a fresh thread of ours, and of a handed-in executor. */
    @Override
    public void run() {
        if (engine.threads() instanceof HandedInExecutor executor) {
            executor.run(this);
        } else if (claim()) {
            perform(Host.FRESH_THREAD);
        }
    }

    /** Runs a claimed task to its very end. What it throws never leaves. */
    void perform(Host host) {
        if (engine.isCancelled()) {
            engine.end(this, State.SKIPPED, null, closeWindow(), host);
            return;
        }
        State state;
        Object result;
        try {
            if (captured != null) {
                scope = captured.open();
            }
            engine.taskStarts(this);
            result = callBody();
            state = State.SUCCEEDED;
        } catch (Throwable thrown) {
            result = thrown;
            state = State.FAILED;
        }
        engine.end(this, state, result, closeWindow(), host);
    }

    private @Nullable Object callBody() throws Exception {
        Object body = payload;
        try {
            if (body instanceof ThrowingRunnable action) {
                action.run();
                return null;
            }
            return ((Callable<?>) body).call();
        } finally {
            Children opened = children;
            if (opened != null) {
                opened.closeLeftOpen(this);
            }
        }
    }

    /** Restores the thread's own context, which listeners of the end still find as the task left it. */
    void closeScope() {
        ContextPropagator.Scope open = scope;
        if (open != null) {
            scope = null;
            try {
                open.close();
            } catch (Throwable e) {
                Log.warn("restoring the thread's context after " + describe() + " failed", e);
            }
        }
    }

    // ---- interrupt

    /** Interrupts the thread that runs the task, if it runs. */
    void interrupt() {
        if (status != RUNNING) {
            return;
        }
        Thread thread = runner;
        if (thread != null && STATUS.compareAndSet(this, RUNNING, INTERRUPTING)) {
            Interrupts.deliver(thread, () -> STATUS.setVolatile(this, INTERRUPTED));
        }
    }

    /** From here on nobody interrupts the thread for this task. Returns whether somebody did. */
    private boolean closeWindow() {
        return !STATUS.compareAndSet(this, RUNNING, ENDED);
    }

    /** Waits for an interrupt that was on its way when the body ended. */
    void awaitDelivery() {
        boolean flagged = false;
        long start = System.nanoTime();
        Thread thread = Thread.currentThread();
        for (int spins = 0; status == INTERRUPTING; spins++) {
            if (spins < 64) {
                Thread.onSpinWait();
            } else if (spins < 256) {
                Thread.yield();
            } else {
                flagged |= Thread.interrupted();
                LockSupport.parkNanos(this, 50_000);
                if (System.nanoTime() - start > USER_INTERRUPT_NANOS && Interrupts.isUserCode(thread)) {
                    Log.warn("interrupt() of thread '" + thread.getName() + "' ("
                            + thread.getClass().getName() + ") has not returned for a second; " + describe()
                            + " ends without it");
                    break;
                }
            }
        }
        if (flagged) {
            thread.interrupt();
        }
    }

    // ---- end

    /** Stores the final state and its result. */
    void settle(State state, @Nullable Object result) {
        payload = result;
        outcome = state;
    }

    /** The thread no longer counts as running this task; called by it, right before the end is known. */
    void leave() {
        runner = null;
        LiveTasks.remove(seatRow, seat);
    }

    void hookRan() {
        hookRan = true;
    }

    boolean didHookRun() {
        return hookRan;
    }

    // ---- places

    void seat(TaskRun<?>[] row, int at) {
        seatRow = row;
        seat = at;
    }

    void runner(Thread thread) {
        runner = thread;
    }

    @Nullable
    Thread runner() {
        return runner;
    }

    void launcher(@Nullable Thread thread) {
        launcher = thread;
    }

    @Nullable
    Thread launcher() {
        return launcher;
    }

    void outer(@Nullable TaskRun<?> task) {
        outer = task;
    }

    @Nullable
    TaskRun<?> outer() {
        return outer;
    }

    void started(long nanos) {
        startNanos = nanos;
    }

    long startNanos() {
        return startNanos;
    }

    /** Called by the task's own thread alone. */
    Children adopting() {
        Children opened = children;
        if (opened == null) {
            opened = new Children();
            children = opened;
        }
        return opened;
    }

    @Nullable
    Children children() {
        return children;
    }

    @Override
    public @Nullable TaskRun<?> currentTask() {
        return this;
    }

    // ---- the handle

    @Override
    @SuppressWarnings("unchecked")
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
    public State state() {
        State end = outcome;
        if (end != null) {
            return end;
        }
        return status == PENDING ? State.PENDING : State.RUNNING;
    }

    @Override
    public @Nullable Throwable exception() {
        State end = outcome;
        return end == State.FAILED || end == State.CANCELLED ? (Throwable) payload : null;
    }

    @Override
    public String name() {
        return name != null ? name : "task-" + index;
    }

    @Override
    public long index() {
        return index;
    }

    String describe() {
        return "group '" + engine.options().name() + "': task '" + name() + "' (#" + index + ")";
    }

    @Override
    public String toString() {
        return describe() + " " + state();
    }
}
