package io.github.errgroup.model;

import io.github.errgroup.CancelReason;
import io.github.errgroup.Subtask.State;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the contract says of a group, one event after the other. Not thread-safe, and knows nothing of threads: a task that
 * has a slot runs.
 */
final class Model {
    private final Setting setting;

    /** Every task that was submitted, in order. */
    final List<ModelTask> tasks = new ArrayList<>();

    /** Submitted from inside, without a slot (N1). */
    private final ArrayDeque<ModelTask> backlog = new ArrayDeque<>();

    /** Blocked in {@code go}, and not admitted (N4). */
    private final ArrayDeque<ModelTask> callers = new ArrayDeque<>();

    /** With a slot, and without a shared one (N7). */
    private final ArrayDeque<ModelTask> sharedQueue = new ArrayDeque<>();

    private int limit;

    private int outstanding;

    private int sharedHeld;

    /** Tasks that the executor was given. */
    private int executed;

    @Nullable
    CancelReason reason;

    /** What came first in time (G1): FAILURE, or what cancelled the group before any task had failed. */
    @Nullable
    CancelReason firstReason;

    /** The failure, if that came first. */
    @Nullable
    ModelTask first;

    private boolean firstIsError;

    /** Failures that were tolerated (N9), and the first of them. */
    private long passed;

    private @Nullable ModelTask firstPassed;

    /** Failures, and other ends but success, that an {@code await} answered for (J5). */
    private long failuresAnswered;

    private long undoneAnswered;

    /** One task. */
    static final class ModelTask {
        final Behaviour behaviour;

        State state = State.PENDING;

        /** Whether the caller of {@code go} is blocked, and has no handle yet. */
        boolean callerWaits;

        private boolean holdsShared;

        private boolean dropped;

        /** Whether its own deadline has passed (N10). */
        private boolean late;

        /** Whether it is past its gate: then no interrupt ends it. */
        private boolean acts;

        ModelTask(Behaviour behaviour) {
            this.behaviour = behaviour;
        }
    }

    Model(Setting setting) {
        this.setting = setting;
        this.limit = setting.limit();
    }

    // ---- what may be asked

    /** Whether {@code go} from outside would start a task now, were the group not cancelled. */
    boolean hasRoom() {
        return hasSlot() && hasSharedRoom();
    }

    private boolean hasSlot() {
        return limit < 0 || outstanding < limit;
    }

    /** Whether a caller waits to be admitted, for whom only the limit can make room. */
    boolean hasCallers() {
        return !callers.isEmpty();
    }

    private boolean hasSharedRoom() {
        return setting.sharedLimit() < 0 || (sharedHeld < setting.sharedLimit() && sharedQueue.isEmpty());
    }

    int executed() {
        return executed;
    }

    int backlogSize() {
        return backlog.size();
    }

    int queuedForShared() {
        return sharedQueue.size();
    }

    int limit() {
        return limit;
    }

    int outstanding() {
        return outstanding;
    }

    long count(State state) {
        return tasks.stream().filter(task -> task.state == state).count();
    }

    long undone() {
        return count(State.CANCELLED) + count(State.SKIPPED);
    }

    boolean hasUnansweredFailures() {
        return counted() > failuresAnswered;
    }

    /** Whether fewer tasks succeeded than are enough. */
    private boolean hasTooFew() {
        return count(State.SUCCEEDED) < setting.enough();
    }

    /** The failures that are some. */
    private long counted() {
        return count(State.FAILED) - (hasTooFew() ? 0 : passed);
    }

    /** What the group answers for (G1, N9); null for nothing. */
    @Nullable
    CancelReason answer() {
        if (firstReason == null) {
            return hasTooFew() ? CancelReason.FAILURE : null;
        }
        boolean harmless = counted() + undone() == 0 && !hasTooFew();
        return switch (firstReason) {
            case FAILURE, INTERRUPTED -> firstReason;
            case ENOUGH -> null;
            default -> harmless ? null : firstReason;
        };
    }

    /** The failure that the group answers for; null where too few tasks succeeded and none failed. */
    @Nullable
    ModelTask failure() {
        return first == null ? firstPassed : first;
    }

    boolean hasUnansweredUndone() {
        return undone() > undoneAnswered;
    }

    /** Those that run and are not past a deadline of their own. */
    List<ModelTask> runningInTime() {
        return tasks.stream()
                .filter(task -> task.state == State.RUNNING && !task.late)
                .toList();
    }

    List<ModelTask> running() {
        return tasks.stream().filter(task -> task.state == State.RUNNING).toList();
    }

    // ---- what may happen

    /** {@code go} from outside; only where there is room, or the group is cancelled. */
    ModelTask go(Behaviour behaviour) {
        ModelTask task = submitted(behaviour);
        if (reason != null) {
            task.state = State.SKIPPED;
        } else {
            outstanding++;
            start(task);
        }
        return task;
    }

    /** {@code go} in another thread: blocked, it is served in its turn. */
    ModelTask goElsewhere(Behaviour behaviour) {
        if (reason != null || hasRoom()) {
            return go(behaviour);
        }
        ModelTask task = submitted(behaviour);
        task.callerWaits = true;
        if (hasSlot()) {
            outstanding++;
            start(task);
        } else {
            callers.add(task);
        }
        return task;
    }

    /** {@code tryGo}. Null if it says no. */
    @Nullable
    ModelTask tryGo(Behaviour behaviour) {
        if (reason != null || !hasRoom()) {
            return null;
        }
        if (setting.place() == Place.REJECTING && (executed + 1) % 3 == 0) {
            executed++;
            return null;
        }
        return go(behaviour);
    }

    /** {@code go} with the owner's flag set: blocked, it cancels the group (N4). */
    ModelTask goInterrupted(Behaviour behaviour) {
        if (reason == null && !hasRoom()) {
            ModelTask task = submitted(behaviour);
            task.state = State.SKIPPED;
            cancel(CancelReason.INTERRUPTED);
            return task;
        }
        return go(behaviour);
    }

    private ModelTask submitted(Behaviour behaviour) {
        ModelTask task = new ModelTask(behaviour);
        tasks.add(task);
        return task;
    }

    /** {@code go} from inside, which never blocks (N1). */
    void spawn(Behaviour behaviour) {
        ModelTask task = submitted(behaviour);
        if (reason != null) {
            task.state = State.SKIPPED;
            return;
        }
        outstanding++;
        if (limit >= 0 && outstanding > limit) {
            backlog.add(task);
        } else {
            start(task);
        }
    }

    private void start(ModelTask task) {
        if (hasSharedRoom()) {
            launch(task);
        } else {
            sharedQueue.add(task);
        }
    }

    private void launch(ModelTask task) {
        if (setting.sharedLimit() >= 0) {
            task.holdsShared = true;
            sharedHeld++;
        }
        boolean third = ++executed % 3 == 0;
        if (third && setting.place() == Place.DROPPING) {
            task.dropped = true;
            return;
        }
        task.callerWaits = false;
        task.state = State.RUNNING;
        if (third && setting.place().isFaulty()) {
            fail(task, setting.place() == Place.DYING);
        }
    }

    /** A running task's gate is opened. */
    void finish(ModelTask task) {
        task.acts = true;
        switch (task.behaviour) {
            case THROW, STUBBORN_THROW -> fail(task, false);
            case THROW_ERROR -> fail(task, true);
            case SPAWN -> {
                spawn(Behaviour.SUCCEED);
                end(task, State.SUCCEEDED);
            }
            case SUCCEED, STUBBORN, NEST -> end(task, State.SUCCEEDED);
        }
    }

    /** A running task's own deadline passes; nothing comes of it in a cancelled group. */
    void expire(ModelTask task) {
        if (reason != null) {
            return;
        }
        task.late = true;
        if (setting.interruptOnCancel() && !task.behaviour.isStubborn()) {
            fail(task, false);
        }
    }

    private void fail(ModelTask task, boolean error) {
        task.state = State.FAILED;
        if (!error && firstReason == null && passed < setting.tolerated()) {
            firstPassed = firstPassed == null ? task : firstPassed;
            passed++;
            end(task, State.FAILED);
            return;
        }
        if (firstReason == null || (error && !firstIsError)) {
            firstReason = CancelReason.FAILURE;
            first = setting.enough() > 0 && firstPassed != null && !error ? firstPassed : task;
            firstIsError = error;
        }
        if (setting.cancelOnError()) {
            cancel(CancelReason.FAILURE);
        }
        end(task, State.FAILED);
    }

    private void end(ModelTask task, State state) {
        task.state = state;
        if (state == State.SUCCEEDED && count(State.SUCCEEDED) == setting.enough()) {
            cancel(CancelReason.ENOUGH);
        }
        outstanding--;
        if (task.holdsShared) {
            task.holdsShared = false;
            sharedHeld--;
        }
        serve();
    }

    /** Free slots go to who waits: shared ones first to who has a slot already. */
    private void serve() {
        while (!sharedQueue.isEmpty() && sharedHeld < setting.sharedLimit()) {
            launch(sharedQueue.remove());
        }
        while (!backlog.isEmpty() && (limit < 0 || outstanding - backlog.size() < limit)) {
            start(backlog.remove());
        }
        while (!callers.isEmpty() && hasSlot()) {
            outstanding++;
            start(callers.remove());
        }
    }

    void setLimit(int newLimit) {
        limit = newLimit;
        serve();
    }

    /** Returns whether this cancelled the group. */
    boolean cancel(CancelReason why) {
        if (reason != null) {
            return false;
        }
        reason = why;
        if (firstReason == null) {
            firstReason = why;
        }
        backlog.clear();
        sharedQueue.clear();
        while (!callers.isEmpty()) {
            skip(callers.remove());
        }
        for (ModelTask task : List.copyOf(tasks)) {
            if (task.state == State.PENDING) {
                skip(task);
                end(task, State.SKIPPED);
            } else if (task.state == State.RUNNING && endsWhenCancelled(task)) {
                if (task.late) {
                    fail(task, false);
                } else {
                    end(task, State.CANCELLED);
                }
            }
        }
        return true;
    }

    private static void skip(ModelTask task) {
        task.state = State.SKIPPED;
        task.callerWaits = false;
    }

    boolean endsWhenCancelled(ModelTask task) {
        // A group opened inside is cancelled with this one, and interrupts its own task whatever we do.
        return !task.acts
                && (task.behaviour == Behaviour.NEST || (setting.interruptOnCancel() && !task.behaviour.isStubborn()));
    }

    /** The owner waits: what the executor dropped is run by a compensating thread (N2), and so is what waited behind it. */
    void compensate() {
        for (boolean more = true; more; ) {
            more = false;
            for (ModelTask task : List.copyOf(tasks)) {
                boolean dropped = task.dropped && task.state == State.PENDING;
                if (dropped || task.state == State.RUNNING) {
                    end(task, State.SUCCEEDED);
                    more = true;
                }
            }
        }
    }

    /** {@code await} answered. */
    void answered() {
        failuresAnswered = counted();
        undoneAnswered = undone();
    }
}
