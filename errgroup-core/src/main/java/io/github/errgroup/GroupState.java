package io.github.errgroup;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The counts and the phase of a group, in one word, and the threads that wait for it.
 *
 * <pre>
 *  63 ........ 30 | 29 ........ 4 | 3      | 2        | 1         | 0
 *  submitted      | outstanding   | CLOSED | FINISHED | CANCELLED | UNOPENED
 *
 *  UNOPENED ─first use─▶ open ─cancel─▶ CANCELLED ─await, nothing outstanding─▶ FINISHED ─close─▶ CLOSED
 *                         └──await, nothing outstanding (only if cancelling)──▶ FINISHED
 * </pre>
 *
 * <ol>
 *   <li>Admission adds a task to both counts in one step that sees the phase, and the group finishes only in a step that
 *       sees nothing outstanding: a task is refused or run, never lost.
 *   <li>With a limit, a task from outside is admitted only while fewer than the limit are outstanding. A task from inside
 *       is always admitted, and waits in {@link Slots} where the limit is reached. {@code outstanding} less that backlog
 *       is what holds slots.
 *   <li>One step, {@link #leave}, takes an ended task off the word: it frees the slot and is what awaiters wait for, so
 *       the slot is free before completion is signalled (G4).
 *   <li>Awaiters register, then look at the word; a thread that ends a task changes the word, then looks for awaiters.
 *   <li>While hooks are active the group does not finish.
 * </ol>
 */
abstract class GroupState {
    /** Admission: the group is full. */
    static final long FULL = -1;

    /** Admission: the group is cancelled. */
    static final long REFUSED = -2;

    /** Admission: the thread that gave the task its slot has started it. */
    static final long STARTED = -3;

    /** Of a task whose caller waited for a slot for as long as it may. */
    static final long TOO_LATE = -4;

    static final long UNOPENED = 1;

    static final long CANCELLED = 1 << 1;

    static final long FINISHED = 1 << 2;

    static final long CLOSED = 1 << 3;

    private static final long NOT_OPEN = UNOPENED | CANCELLED | FINISHED | CLOSED;

    private static final int OUTSTANDING_SHIFT = 4;

    private static final int SUBMITTED_SHIFT = 30;

    private static final long ONE_OUTSTANDING = 1L << OUTSTANDING_SHIFT;

    private static final long ONE_TASK = (1L << SUBMITTED_SHIFT) + ONE_OUTSTANDING;

    private static final int OUTSTANDING_MASK = (1 << (SUBMITTED_SHIFT - OUTSTANDING_SHIFT)) - 1;

    /** So far below what the word can count that threads racing past it do no harm. */
    static final int MAX_OUTSTANDING = OUTSTANDING_MASK - (1 << 16);

    private static final VarHandle WORD;

    private static final VarHandle WITHDRAWN;

    private static final VarHandle HOOKS_ACTIVE;

    private static final VarHandle AWAITER;

    private static final VarHandle AWAITERS;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            WORD = lookup.findVarHandle(GroupState.class, "word", long.class);
            WITHDRAWN = lookup.findVarHandle(GroupState.class, "withdrawn", int.class);
            HOOKS_ACTIVE = lookup.findVarHandle(GroupState.class, "hooksActive", int.class);
            AWAITERS = lookup.findVarHandle(GroupState.class, "moreAwaiters", Awaiter.class);
            AWAITER = lookup.findVarHandle(GroupState.class, "awaiter", Thread.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** The protocol above. */
    private volatile long word;

    /** Running tasks allowed at once, negative for any number. Written by {@link #limit(int)}; read at each admission. */
    private volatile int limit;

    /** Admissions taken back: counted by the word, and never submitted. Atomic adds, before the word changes. */
    @SuppressWarnings("unused")
    private volatile int withdrawn;

    /** Cancellations and late hooks in progress. Atomic adds. */
    @SuppressWarnings("unused")
    private volatile int hooksActive;

    /** The thread that waits, or one of them; it may be asked to look for work. Set by CAS, taken back by that thread. */
    private volatile @Nullable Thread awaiter;

    /** Further threads that wait, newest first; those that wait no more are passed over. Pushed by CAS. */
    private volatile @Nullable Awaiter moreAwaiters;

    /** A thread that waits for the group. */
    static final class Awaiter {
        /** Null once it waits no more. Written by the thread itself. */
        private volatile @Nullable Thread thread = Thread.currentThread();

        /** Written before the push. */
        private @Nullable Awaiter older;
    }

    GroupState(int limit, long initialPhase) {
        this.limit = limit;
        this.word = initialPhase;
    }

    // ---- admission

    /** Admits a task from outside if there is room. Returns its index, {@link #FULL} or {@link #REFUSED}. */
    final long tryAdmit() {
        if (limit < 0) {
            return admitAnyway();
        }
        long index = admitForCaller();
        if (index == REFUSED) {
            refuseIfFinished();
        }
        return index;
    }

    /** As {@link #tryAdmit}, for a caller blocked in {@code go}, who will find out itself if the group is finished. */
    final long admitForCaller() {
        for (; ; ) {
            long now = word;
            int max = limit;
            if ((now & NOT_OPEN) != 0) {
                return REFUSED;
            }
            if (max >= 0 && outstanding(now) >= max) {
                return FULL;
            }
            if (WORD.compareAndSet(this, now, now + ONE_TASK)) { // fault: admission-sees-room
                return now >>> SUBMITTED_SHIFT;
            }
        }
    }

    /** Admits a task whether or not there is a slot for it. Returns its index or {@link #REFUSED}. */
    final long admitAnyway() {
        long now = word;
        if ((now & NOT_OPEN) != 0) {
            return refuse(now);
        }
        now = (long) WORD.getAndAdd(this, ONE_TASK);
        // No call from here to the return: the stack may be full, and then the caller would not know of its admission.
        int before = (int) (now >>> OUTSTANDING_SHIFT) & OUTSTANDING_MASK;
        if ((now & NOT_OPEN) == 0 && before < MAX_OUTSTANDING) { // fault: admission-sees-phase
            return now >>> SUBMITTED_SHIFT;
        }
        // Nobody waits for the slot: a group that is not open gives none away, nor does one with so many tasks.
        countWithdrawn();
        if (leave()) {
            wakeAwaiters();
        }
        if (outstanding(now) >= MAX_OUTSTANDING) {
            throw new IllegalStateException(this + " has " + outstanding(now)
                    + " outstanding tasks, the most a group can have; set a limit, or submit from outside the group");
        }
        return refuse(now);
    }

    /** Counts a task that is skipped at once, in a cancelled group. Returns its index. */
    final long admitToCancelled() {
        for (; ; ) {
            long now = word;
            if ((now & (FINISHED | CLOSED)) != 0) {
                return refuse(now);
            }
            if (WORD.compareAndSet(this, now, now + ONE_TASK)) {
                return now >>> SUBMITTED_SHIFT;
            }
        }
    }

    private long refuse(long now) {
        refuseIfFinished(now);
        return REFUSED;
    }

    final void refuseIfFinished() {
        refuseIfFinished(word);
    }

    private void refuseIfFinished(long now) {
        if ((now & (FINISHED | CLOSED)) != 0) {
            throw new IllegalStateException(
                    this + " takes no more tasks; fresh() gives an open group with its settings");
        }
    }

    /** Counts an admission that is taken back: the task was never submitted. It leaves after this, as an ended one does. */
    final void countWithdrawn() {
        WITHDRAWN.getAndAdd(this, 1);
    }

    /**
     * An ended task leaves: its slot is free. The caller looks for what waits for the slot, then wakes the awaiters if it
     * was the last one.
     *
     * @return whether nothing is outstanding now
     */
    final boolean leave() {
        long now = (long) WORD.getAndAdd(this, -ONE_OUTSTANDING) - ONE_OUTSTANDING;
        return ((int) (now >>> OUTSTANDING_SHIFT) & OUTSTANDING_MASK) == 0; // no call: the stack may be full
    }

    // ---- phases

    /** Adds phase bits if none of the forbidden ones is set and, if asked for, nothing is outstanding. */
    final boolean tryPhase(long bits, long forbidden, boolean onlyIfIdle) {
        for (; ; ) {
            long now = word;
            if ((now & forbidden) != 0 || (onlyIfIdle && outstanding(now) != 0)) {
                return false;
            }
            if (WORD.compareAndSet(this, now, now | bits)) {
                return true;
            }
        }
    }

    /** Sets FINISHED if it is not set, nothing is outstanding and no hook runs. */
    final boolean tryFinish() {
        for (; ; ) {
            long now = word;
            // The canceller counts its hooks before it sets CANCELLED: seen here, or the step below fails.
            if ((now & FINISHED) != 0 || !isQuiet()) {
                return false;
            }
            // fault: finish-sees-outstanding
            if (outstanding(now) == 0 && WORD.compareAndSet(this, now, now | FINISHED)) {
                return true;
            }
        }
    }

    final void opened() {
        WORD.getAndBitwiseAnd(this, ~UNOPENED);
    }

    final boolean is(long phase) {
        return (word & phase) != 0;
    }

    /** Whether no task can start any more. */
    final boolean isOver() {
        return is(CANCELLED | FINISHED | CLOSED);
    }

    public final boolean isClosed() {
        return is(CLOSED);
    }

    final GroupSnapshot.Phase phase() {
        long now = word;
        if ((now & CLOSED) != 0) {
            return GroupSnapshot.Phase.CLOSED;
        } else if ((now & FINISHED) != 0) {
            return GroupSnapshot.Phase.FINISHED;
        } else if ((now & CANCELLED) != 0) {
            return GroupSnapshot.Phase.CANCELLED;
        }
        return (now & UNOPENED) != 0 ? GroupSnapshot.Phase.UNOPENED : GroupSnapshot.Phase.OPEN;
    }

    // ---- counts

    private static int outstanding(long now) {
        return (int) (now >>> OUTSTANDING_SHIFT) & OUTSTANDING_MASK;
    }

    final int outstanding() {
        return outstanding(word);
    }

    /** Admissions so far, those taken back included. */
    final long admitted() {
        return word >>> SUBMITTED_SHIFT;
    }

    /** Admissions taken back so far. */
    final int withdrawn() {
        return withdrawn;
    }

    /** Changes whenever a task comes or goes. */
    public final long progress() {
        return word; // survivor: slow-progress-is-no-loss
    }

    final int limit() {
        return limit;
    }

    final void limit(int newLimit) {
        limit = newLimit;
    }

    // ---- waiting

    final void hooksBegin() {
        HOOKS_ACTIVE.getAndAdd(this, 1);
    }

    final void hooksEnd() {
        if ((int) HOOKS_ACTIVE.getAndAdd(this, -1) == 1) {
            wakeAwaiters();
        }
    }

    /** Every task has ended. */
    final boolean isIdle() {
        return outstanding() == 0;
    }

    /** Every task has ended, and no hook runs. */
    final boolean isQuiet() {
        return outstanding() == 0 && hooksActive == 0;
    }

    /** A virtual thread that waits for the group: cheap to wake. Null if there is none. */
    public final @Nullable Thread virtualAwaiter() {
        Thread thread = awaiter;
        return thread != null && VirtualThreads.isVirtual(thread) ? thread : null;
    }

    /** Whether a thread waits for the group's end, or for the tasks so far. */
    final boolean hasAwaiter() {
        return awaiter != null;
    }

    final void wakeAwaiters() {
        Thread thread = awaiter;
        if (thread != null) {
            LockSupport.unpark(thread);
        }
        for (Awaiter further = moreAwaiters; further != null; further = further.older) {
            LockSupport.unpark(further.thread);
        }
    }

    /**
     * The current thread is about to wait for the group, and looks at the word after this.
     *
     * @return what {@link #unregister} needs: null for the first awaiter
     */
    final @Nullable Awaiter register() {
        return AWAITER.compareAndSet(this, null, Thread.currentThread()) ? null : push(new Awaiter());
    }

    /** The current thread waits no more. */
    final void unregister(@Nullable Awaiter further) {
        if (further == null) {
            awaiter = null;
        } else {
            further.thread = null;
            head();
        }
    }

    private Awaiter push(Awaiter self) {
        Awaiter head;
        do {
            head = head();
            self.older = head;
        } while (!AWAITERS.compareAndSet(this, head, self));
        return self; // survivor: second-awaiter
    }

    /** The newest awaiter that still waits, with those above it dropped. */
    private @Nullable Awaiter head() {
        for (; ; ) {
            Awaiter head = moreAwaiters;
            if (head == null || head.thread != null) {
                return head;
            }
            AWAITERS.compareAndSet(this, head, head.older);
        }
    }
}
