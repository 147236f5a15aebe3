package io.github.errgroup;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A task's way into its group: {@code go → admit → start → launch}, up to where a thread has it in hand.
 *
 * <ol>
 *   <li>A task is made before it is admitted (counted, with a slot or queued for one), and admitted before anybody else can
 *       see it. From then on exactly one of {@link TaskRun#perform} and {@link #endUnstarted} ends it, whatever fails on the
 *       way; or, if something is thrown before its launch, {@link #takeBack} undoes the admission.
 *   <li>It is among the live ones before its launch, and the cancellation is read after that; who cancels writes
 *       {@link #cancellation}, and only then visits the live tasks (J2).
 * </ol>
 */
abstract class GroupSubmission extends GroupTasks {
    private static final Throwable CANCELLED_MEANWHILE = new CancellationException("the group was cancelled");

    GroupSubmission(ErrGroup group, ErrGroupOptions options, long initialPhase) {
        super(group, options, initialPhase);
    }

    // ---- submitting

    <T extends @Nullable Object> Subtask<T> go(@Nullable String name, Object body) {
        used();
        TaskRun<T> task = newTask(name, body);
        long index = tryAdmit();
        if (index == FULL) {
            goWhenFull(task);
        } else if (index == REFUSED) {
            skipAtOnce(task);
        } else {
            task.index(index);
            start(task);
        }
        return task;
    }

    private void goWhenFull(TaskRun<?> task) {
        boolean inside = isInside(CurrentTask.get());
        if (!inside) {
            refuseIfNeverGranted();
        }
        Slots slots = slots(); // made before the admission: then nothing can keep it from being made after it
        long index = inside ? admitAnyway() : slots.awaitRoom(task);
        if (index == STARTED) {
            return;
        }
        if (index == REFUSED) {
            skipAtOnce(task);
            return;
        }
        task.index(index);
        if (inside) {
            slots.enqueue(task);
        } else {
            start(task);
        }
    }

    /** Throws if the caller, which is about to block for a slot of the group's own limit, would block for ever. */
    abstract void refuseIfNeverGranted();

    /** The group is cancelled: the task is counted, and never starts. */
    private void skipAtOnce(TaskRun<?> task) {
        task.index(admitToCancelled());
        task.retire();
        endUnstarted(task, null);
    }

    <T extends @Nullable Object> @Nullable Subtask<T> tryGo(@Nullable String name, Object body) {
        used();
        TaskRun<T> task = newTask(name, body);
        long index = tryAdmit();
        if (index < 0) {
            return null;
        }
        task.index(index);
        Throwable failure = null;
        boolean started = false;
        try {
            SharedLimit shared = options().sharedLimit();
            if (shared == null || shared.tryTake(task)) {
                failure = launch(task, true);
                started = failure == null;
            }
        } catch (Throwable e) {
            takeBack(task);
            throw e;
        }
        if (started) {
            return task;
        }
        if (failure != null && failure != CANCELLED_MEANWHILE && !(failure instanceof RejectedExecutionException)) {
            endUnstarted(task, failure);
            return task;
        }
        withdraw(task);
        return null;
    }

    /**
     * Undoes an admission, unless somebody has taken the task: what the caller throws tells why. Not for a task in the
     * workers' queue, which only who takes it out of there may end.
     */
    final void takeBack(TaskRun<?> task) {
        if (retire(task)) {
            withdraw(task);
        }
    }

    /** Takes a task that may wait for a shared slot, never to run it. */
    private boolean retire(TaskRun<?> task) {
        SharedLimit shared = options().sharedLimit();
        if (shared != null) {
            shared.forget(task); // first: from then on it is granted no slot that nobody would free
        }
        return task.retire();
    }

    private void withdraw(TaskRun<?> task) {
        try {
            countWithdrawn();
        } finally {
            leave(task);
        }
    }

    /** Made before the admission, so that nothing is to be undone if it cannot be made. Its index is told later. */
    private <T extends @Nullable Object> TaskRun<T> newTask(@Nullable String name, Object body) {
        ContextPropagator.Captured captured = capture();
        TaskRun<T> task = new TaskRun<>(self(), name, 0, body);
        if (isRich()) {
            task.firstExtras().captured = captured;
        }
        return task;
    }

    private ContextPropagator.@Nullable Captured capture() {
        ContextPropagator propagator = options().contextPropagator();
        return propagator == null ? null : propagator.capture();
    }

    <T extends @Nullable Object> void forEach(Iterator<? extends T> items, ThrowingConsumer<? super T> action) {
        usable();
        while (cancellation == null && items.hasNext()) {
            goFor(items.next(), action);
        }
    }

    <T extends @Nullable Object> void forEach(Stream<? extends T> items, ThrowingConsumer<? super T> action) {
        usable();
        read(items, item -> goFor(item, action));
    }

    private <T extends @Nullable Object> void goFor(T item, ThrowingConsumer<? super T> action) {
        go(null, (ThrowingRunnable) () -> action.accept(item));
    }

    <T extends @Nullable Object, R extends @Nullable Object> List<Subtask<R>> map(
            Iterator<? extends T> items, ThrowingFunction<? super T, ? extends R> function) {
        usable();
        List<Subtask<R>> subtasks = new ArrayList<>();
        while (cancellation == null && items.hasNext()) {
            subtasks.add(goFor(items.next(), function));
        }
        return Collections.unmodifiableList(subtasks);
    }

    <T extends @Nullable Object, R extends @Nullable Object> List<Subtask<R>> map(
            Stream<? extends T> items, ThrowingFunction<? super T, ? extends R> function) {
        usable();
        List<Subtask<R>> subtasks = new ArrayList<>();
        read(items, item -> subtasks.add(goFor(item, function)));
        return Collections.unmodifiableList(subtasks);
    }

    private <T extends @Nullable Object, R extends @Nullable Object> Subtask<R> goFor(
            T item, ThrowingFunction<? super T, ? extends R> function) {
        return go(null, (Callable<R>) () -> function.apply(item));
    }

    /**
     * Reads a stream in this thread, until the group is cancelled. The stream pushes its items: its iterator, and on some
     * JDKs a flatMap before an operation that ends early, would buffer what an inner stream gives. A stream that pushes is
     * stopped by nothing but a throwable.
     */
    private <T extends @Nullable Object> void read(Stream<? extends T> items, Consumer<? super T> submit) {
        if (cancellation != null) {
            return;
        }
        Stop stop = new Stop();
        try {
            items.sequential().forEachOrdered(item -> {
                submit.accept(item);
                if (cancellation != null) {
                    throw stop;
                }
            });
        } catch (Stop thrown) {
            if (thrown != stop) {
                throw thrown; // of another group, whose stream reads this one's
            }
            for (Throwable closing : stop.getSuppressed()) {
                Log.warn(this + ": what a stream reads could not be closed after the group was cancelled", closing);
            }
        }
    }

    /** Ends the reading of a stream. An Error, since operations of the user's may catch every Exception. */
    private static final class Stop extends Error {
        private static final long serialVersionUID = 1L;

        Stop() {
            super("the group was cancelled: no more items are read", null, true, false);
        }
    }

    /** Opens a lazily made group, and refuses a finished or closed one. */
    private void usable() {
        used();
        refuseIfFinished();
    }

    // ---- starting

    /** Starts an admitted task that has a slot, for a caller of {@code go}: from outside, blocks for the shared slot. */
    private void start(TaskRun<?> task) {
        SharedLimit shared = options().sharedLimit();
        if (shared == null || shared.tryTake(task)) { // fault: shared-slot-is-taken
            launchGranted(task, true);
        } else if (isInside(CurrentTask.get())) {
            startFromBacklog(task);
        } else {
            awaitSharedSlot(task, shared);
        }
    }

    /** Starts a task out of the backlog. Never blocks: the caller ends a task of its own, or changes the limit. */
    final void startFromBacklog(TaskRun<?> task) {
        boolean granted;
        try {
            SharedLimit shared = options().sharedLimit();
            granted = shared == null || queueForSharedSlot(task, shared, null);
        } catch (Throwable e) {
            endIfNotTaken(task, e);
            return;
        }
        if (granted) {
            launchGranted(task);
        }
    }

    /** Starts the task of a blocked caller, if that needs no waiting. Returns false if the caller has to start it. */
    final boolean startOnWorkers(TaskRun<?> task) {
        SharedLimit shared = options().sharedLimit();
        if (workers == null || (shared != null && !shared.tryTake(task))) {
            return false;
        }
        launchGranted(task);
        return true;
    }

    /** Takes a shared slot, or queues for one. Returns whether the task has it now. */
    private boolean queueForSharedSlot(TaskRun<?> task, SharedLimit shared, @Nullable Thread caller) {
        if (shared.acquire(task, caller)) {
            return true;
        }
        if (cancellation != null) { // fault: queued-task-looks
            shared.cancelled(self(), this::skip); // queued, then checked: who cancels may have looked before
        }
        return false;
    }

    private void awaitSharedSlot(TaskRun<?> task, SharedLimit shared) {
        long waited = 0;
        boolean launched = false;
        boolean interrupted = false;
        try {
            Wait.guard(self());
            long start = isTimed() ? options().clock().nanoTime() : 0;
            try (Wait wait = Wait.begin(self())) {
                boolean granted = queueForSharedSlot(task, shared, Thread.currentThread());
                while (!granted && task.isPending() && task.extras().sharedSlot != SharedLimit.Slot.HELD) {
                    if (Thread.interrupted()) {
                        interrupted = true;
                        cancelByInterrupt();
                    } else if (wait == null) {
                        LockSupport.park(this);
                    } else {
                        wait.park();
                    }
                }
                waited = isTimed() ? nanosSince(start) : 0;
                // Launched before this thread queues for a slot of its own: a slot is never held by who waits for one.
                launched = true;
                launchGranted(task, true);
            }
        } catch (Throwable e) {
            if (!launched) {
                takeBack(task);
            }
            throw e;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
        if (isTimed()) {
            tellLimitWait(waited);
        }
    }

    /** Launches a task that has all its slots. Does not wait: the caller may be ending the task that had them. */
    void launchGranted(TaskRun<?> task) {
        launchGranted(task, false);
    }

    /** What is thrown is the task's failure: the end of another task may be below on the stack. */
    private void launchGranted(TaskRun<?> task, boolean mayWait) {
        Throwable failure;
        try {
            failure = launch(task, mayWait);
        } catch (Throwable e) {
            endIfNotTaken(task, e);
            return;
        }
        endIfNotLaunched(task, failure);
    }

    private void endIfNotTaken(TaskRun<?> task, Throwable failure) {
        if (retire(task)) {
            endUnstarted(task, failure);
        }
    }

    /** Launches a task once more that its executor had no room for at first. May wait: a helper calls this. */
    void launchAgain(TaskRun<?> task, HandedInExecutor executor) {
        try {
            executor.launch(task, true);
        } catch (Throwable e) {
            endIfNotLaunched(task, retire(task, executor, e));
        }
    }

    private void endIfNotLaunched(TaskRun<?> task, @Nullable Throwable failure) {
        if (failure != null) {
            endUnstarted(task, failure == CANCELLED_MEANWHILE ? null : failure);
        }
    }

    /**
     * Gives a task its thread. Returns why there is none to be had, {@link #CANCELLED_MEANWHILE} among the reasons; then
     * the task is out of everyone's reach, and the caller ends it.
     */
    private @Nullable Throwable launch(TaskRun<?> task, boolean mayWait) {
        if (!task.isPending()) {
            return null; // it waited for a shared slot, and the group was cancelled
        }
        if (workers != null) {
            return workers.submit(task);
        }
        if (factory != null) {
            return launchOnFreshThread(task, factory);
        }
        return options().threads() instanceof HandedInExecutor executor ? launchOn(executor, task, mayWait) : null;
    }

    private @Nullable Throwable launchOnFreshThread(TaskRun<?> task, ThreadFactory threadFactory) {
        Thread thread;
        try {
            thread = threadFactory.newThread(task);
        } catch (Throwable e) {
            return task.retire() ? e : null;
        }
        return startOn(thread, task, task, (int) task.index());
    }

    @Override
    final @Nullable Throwable startOn(Thread thread, TaskRun<?> task, LiveTasks.Seat seat, int wanted) {
        task.activate(thread); // fault: fresh-task-has-its-thread
        try {
            live().add(seat, wanted); // fault: fresh-task-is-seen
            if (cancellation != null) {
                task.retireActive();
                return CANCELLED_MEANWHILE;
            }
            start(thread);
            return null;
        } catch (Throwable e) {
            task.retireActive();
            return e;
        }
    }

    private @Nullable Throwable launchOn(HandedInExecutor executor, TaskRun<?> task, boolean mayWait) {
        try {
            live().add(task, (int) task.index()); // fault: launched-task-is-seen
            if (cancellation != null) { // fault: launched-task-looks
                return task.retire() ? CANCELLED_MEANWHILE : null;
            }
            executor.launch(task, mayWait);
            return null;
        } catch (Throwable e) {
            return retire(task, executor, e);
        }
    }

    /** Returns why the task was not launched; null if it was taken before: by a compensating thread, or who cancelled. */
    private static @Nullable Throwable retire(TaskRun<?> task, HandedInExecutor executor, Throwable thrown) {
        Throwable why = thrown instanceof RejectedExecutionException
                ? new RejectedExecutionException(executor.rejection(task, thrown), thrown)
                : thrown;
        return task.retire() ? why : null; // last: whoever retires a task ends it
    }
}
