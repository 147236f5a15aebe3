package io.github.errgroup.model;

import io.github.errgroup.CancelReason;
import io.github.errgroup.ErrGroup;
import io.github.errgroup.ErrGroupException;
import io.github.errgroup.ErrGroupOptions;
import io.github.errgroup.GroupSnapshot;
import io.github.errgroup.Outstanding;
import io.github.errgroup.SharedLimit;
import io.github.errgroup.Subtask;
import io.github.errgroup.Subtask.State;
import io.github.errgroup.model.Model.ModelTask;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** One run of a program, on a group and on the model beside it. Its owner is the thread that calls {@link #run}. */
final class Execution {
    private final Program program;

    private final Setting setting;

    private final Model model;

    private final Workshop workshop;

    private final long patienceNanos;

    private final @Nullable SharedLimit shared;

    private final ErrGroup group;

    /** As in the model, in order of submission. Added to by whoever submits, one after the other. */
    private final List<RealTask> tasks = new CopyOnWriteArrayList<>();

    /** What tasks saw that must not be. */
    private final Queue<String> violations = new ConcurrentLinkedQueue<>();

    private final AtomicInteger bodies = new AtomicInteger();

    /** The highest limit so far; {@link Integer#MAX_VALUE} for none. Written by the owner, read by tasks. */
    private volatile int highestLimit;

    private volatile boolean closed;

    private boolean over;

    private final class RealTask {
        private final Behaviour behaviour;

        /** What to submit, one after the other; nothing for the end. */
        private final BlockingQueue<Optional<Behaviour>> orders = new LinkedBlockingQueue<>();

        private final RuntimeException exception = new IllegalStateException("thrown by a task");

        private final Error error = new AssertionError("thrown by a task");

        private volatile @Nullable Subtask<?> handle;

        /** The thread that runs it, once its body has begun. */
        private volatile @Nullable Thread runner;

        /** The thread that called {@code go}, if it is not the owner. */
        private @Nullable Thread caller;

        RealTask(Behaviour behaviour) {
            this.behaviour = behaviour;
        }

        void finish() {
            orders.add(Optional.empty());
        }

        /** Whether its caller is parked in {@code go}. */
        boolean isCallerBlocked() {
            return handle == null && caller != null && LockSupport.getBlocker(caller) == group.context();
        }

        void run() throws Exception {
            runner = Thread.currentThread();
            if (bodies.incrementAndGet() > highestLimit) {
                violations.add("G3: more bodies run than the limit allows");
            }
            if (closed) {
                violations.add("G2: a body runs after the close");
            }
            try {
                obey();
                act();
            } catch (InterruptedException e) {
                if (group.context().reason() == CancelReason.FAILURE
                        && group.snapshot().failed() == 0) {
                    violations.add("G1: cancelled by a failure that is not recorded");
                }
                throw e;
            } finally {
                bodies.decrementAndGet();
            }
        }

        private void obey() throws Exception {
            if (behaviour == Behaviour.NEST) {
                try (ErrGroup child = ErrGroup.open(workshop.childOptions().build())) {
                    child.go(() -> orders.take());
                    child.await();
                }
                return;
            }
            for (boolean finish = false; !finish; ) {
                try {
                    Optional<Behaviour> order = orders.take();
                    order.ifPresent(this::spawn);
                    finish = order.isEmpty();
                } catch (InterruptedException e) {
                    if (!behaviour.isStubborn()) {
                        throw e;
                    }
                }
            }
        }

        private void spawn(Behaviour spawned) {
            RealTask task = new RealTask(spawned);
            task.handle = group.go(task::run);
            tasks.add(task);
        }

        private void act() {
            switch (behaviour) {
                case THROW, STUBBORN_THROW -> throw exception;
                case THROW_ERROR -> throw error;
                case SPAWN -> spawn(Behaviour.SUCCEED);
                case SUCCEED, STUBBORN, NEST -> {}
            }
        }
    }

    Execution(Program program, Duration patience) {
        this.program = program;
        this.setting = program.setting();
        this.model = new Model(setting);
        this.patienceNanos = patience.toNanos();
        this.workshop = new Workshop(setting.place());
        this.shared = setting.sharedLimit() < 0 ? null : new SharedLimit(setting.sharedLimit());
        this.highestLimit = setting.limit() < 0 ? Integer.MAX_VALUE : setting.limit();
        this.group = ErrGroup.open(options());
    }

    private ErrGroupOptions options() {
        ErrGroupOptions.Builder options = workshop.options()
                .name("model")
                .limit(setting.limit())
                .sharedLimit(shared)
                .cancelOnError(setting.cancelOnError())
                .enough(setting.enough())
                .taskTimeout(setting.taskTimeout() ? workshop.taskTimeout() : null)
                .interruptOnCancel(setting.interruptOnCancel());
        if (setting.tolerate() > 0) {
            options.tolerate(setting.tolerate()); // unset it depends on what is enough
        }
        return options.build();
    }

    /** Takes every step and ends the group. Throws an AssertionError where it is not as the model says. */
    void run() {
        try {
            for (Step step : program.steps()) {
                if (!over) {
                    take(step);
                    settle(step.toString());
                }
            }
            if (!over) {
                end();
            }
            check(Outstanding.of(group) == 0, "something is outstanding at the end");
            checkCounts();
            group.close();
            closed = true;
            checkSharedSlots();
            check(workshop.joinThreads(patienceNanos), "a thread is left");
        } finally {
            Thread.interrupted();
            tasks.forEach(RealTask::finish);
        }
        check(violations.isEmpty(), violations.toString());
    }

    // ---- steps

    private void take(Step step) {
        switch (step.kind()) {
            case GO -> go(step.behaviour());
            case TRY_GO -> tryGo(step.behaviour());
            case GO_INTERRUPTED -> goInterrupted(step.behaviour());
            case FINISH -> {
                List<ModelTask> running = model.running();
                if (!running.isEmpty()) {
                    finish(running.get(step.number() % running.size()));
                }
            }
            case GO_ELSEWHERE -> goElsewhere(step.behaviour());
            case INTERRUPT_CALLER -> interruptCaller();
            case SPAWN -> spawn(step);
            case CANCEL -> {
                model.cancel(CancelReason.EXPLICIT);
                group.cancel();
            }
            case SET_LIMIT -> {
                // Of several that start at once, one that cannot start cancels the others before or after their bodies
                // begin.
                if (!setting.place().isFaulty() || model.backlogSize() < 2) {
                    setLimit(step.number());
                }
            }
            case EXPIRE -> {
                model.cancel(CancelReason.TIMEOUT);
                workshop.passDeadline();
            }
            case EXPIRE_TASK -> expireTask();
            case AWAIT -> awaitAndGoOn();
        }
    }

    /** All have the same time: the one that has run longest is past its deadline first. */
    private void expireTask() {
        List<ModelTask> running = model.runningInTime();
        if (!setting.taskTimeout() || running.isEmpty()) {
            return;
        }
        ModelTask longest = Collections.min(running, Comparator.comparingLong(this::startOf));
        Thread runner = runnerOf(longest);
        model.expire(longest);
        workshop.passTaskDeadline(runner);
    }

    private long startOf(ModelTask task) {
        return workshop.startOf(runnerOf(task));
    }

    private Thread runnerOf(ModelTask task) {
        RealTask real = real(task);
        long start = System.nanoTime();
        while (real.runner == null && System.nanoTime() - start < patienceNanos) {
            Thread.onSpinWait();
        }
        return Objects.requireNonNull(real.runner);
    }

    private void setLimit(int limit) {
        model.setLimit(limit);
        highestLimit = Math.max(highestLimit, limit < 0 ? Integer.MAX_VALUE : limit);
        group.setLimit(limit);
    }

    private void goElsewhere(Behaviour behaviour) {
        // Two callers that are let in at once come in some order, and that tells where the order decides what is
        // faulty, or
        // who has the shared slot.
        boolean inAnyOrder = shared != null && (model.hasCallers() || model.backlogSize() > 0);
        if (setting.place().isFaulty() || inAnyOrder) {
            go(behaviour);
            return;
        }
        model.goElsewhere(behaviour);
        RealTask task = new RealTask(behaviour);
        Thread caller = new Thread(() -> task.handle = group.go(task::run), "caller");
        caller.setDaemon(true);
        task.caller = caller;
        tasks.add(task);
        caller.start();
    }

    private void interruptCaller() {
        for (ModelTask task : model.tasks) {
            Thread caller = real(task).caller;
            if (task.callerWaits && caller != null) {
                model.cancel(CancelReason.INTERRUPTED);
                caller.interrupt();
                return;
            }
        }
    }

    private void spawn(Step step) {
        List<ModelTask> able = model.running().stream()
                .filter(task -> task.behaviour != Behaviour.NEST)
                .toList();
        if (!able.isEmpty() && (shared == null || !model.hasCallers())) {
            ModelTask task = able.get(step.number() % able.size());
            model.spawn(step.behaviour());
            real(task).orders.add(Optional.of(step.behaviour()));
        }
    }

    private RealTask real(ModelTask task) {
        return tasks.get(model.tasks.indexOf(task));
    }

    private void go(Behaviour behaviour) {
        if (model.reason == null && !model.hasRoom()) {
            tryGo(behaviour); // go would block
            return;
        }
        model.go(behaviour);
        RealTask task = new RealTask(behaviour);
        tasks.add(task);
        task.handle = group.go(task::run);
    }

    private void tryGo(Behaviour behaviour) {
        boolean expected = model.tryGo(behaviour) != null;
        RealTask task = new RealTask(behaviour);
        Optional<? extends Subtask<?>> handle = group.tryGo(task::run);
        check(handle.isPresent() == expected, "tryGo is " + handle + ", expected " + (expected ? "a task" : "none"));
        handle.ifPresent(there -> {
            task.handle = there;
            tasks.add(task);
        });
    }

    private void goInterrupted(Behaviour behaviour) {
        model.goInterrupted(behaviour);
        RealTask task = new RealTask(behaviour);
        tasks.add(task);
        Thread.currentThread().interrupt();
        task.handle = group.go(task::run);
        check(Thread.interrupted(), "N4: go has taken the caller's interrupt flag");
    }

    private void finish(ModelTask task) {
        RealTask real = real(task);
        model.finish(task);
        real.finish();
    }

    private void finishAll(boolean onlyWhatCancellingDoesNotEnd) {
        for (boolean more = true; more; ) {
            more = false;
            for (ModelTask task : model.running()) {
                if (task.state == State.RUNNING && !(onlyWhatCancellingDoesNotEnd && model.endsWhenCancelled(task))) {
                    finish(task);
                    settle("finish " + model.tasks.indexOf(task));
                    more = true;
                }
            }
        }
    }

    /** What the executor dropped is to run when somebody waits; not what a blocked caller has yet to submit. */
    private void finishDropped() {
        model.tasks.stream().filter(task -> !task.callerWaits).map(this::real).forEach(RealTask::finish);
    }

    private void awaitAndGoOn() {
        if (setting.cancelOnError() || model.reason != null || cannotEmpty()) {
            return;
        }
        finishAll(false);
        settle("await");
        finishDropped();
        if (model.reason != null) {
            return;
        }
        model.compensate();
        expectVerdict(false);
        model.answered();
    }

    /** Whether queued tasks wait for a slot that the limit will never give them. */
    private boolean cannotEmpty() {
        return model.limit() == 0 && model.outstanding() > 0;
    }

    // ---- the end

    private void end() {
        if (model.hasCallers()) {
            setLimit(-1); // else the owner's close would be too early for a caller to be told of a cancellation
            settle("the callers let in");
        }
        boolean settling = setting.ending() == Ending.SETTLE;
        if ((settling || setting.ending() == Ending.AWAIT) && !cannotEmpty()) {
            finishAll(false);
            checkSlots();
            if (!cannotEmpty()) {
                finishDropped();
                model.compensate();
                if (settling) {
                    expectOfSettle();
                } else {
                    expectVerdict(false);
                }
                model.answered();
                return;
            }
        }
        finishAll(true);
        boolean cancels = model.outstanding() > 0 && model.reason == null;
        if (setting.ending() == Ending.AWAIT_INTERRUPTED) {
            boolean interrupted = model.outstanding() > 0;
            if (cancels) {
                model.cancel(CancelReason.INTERRUPTED);
            }
            Thread.currentThread().interrupt();
            expectVerdict(interrupted);
            model.answered();
        } else {
            if (cancels) {
                model.cancel(CancelReason.CLOSED);
            }
            expectOfClose(cancels);
        }
        settle("the end");
    }

    private void expectVerdict(boolean interruptedWhileWaiting) {
        boolean flagged = Thread.currentThread().isInterrupted();
        Throwable thrown = thrownBy(group::await);
        boolean interruptedException = thrown instanceof InterruptedException;
        CancelReason first = model.answer();
        boolean hasEnough = model.firstReason == CancelReason.ENOUGH;
        if (first == CancelReason.FAILURE) {
            expectFailure(thrown, false);
        } else if (first == CancelReason.INTERRUPTED || (interruptedWhileWaiting && !hasEnough)) {
            check(interruptedException, "await threw " + thrown + ", expected InterruptedException");
            expectSuppressed(thrown);
        } else if (first != null) {
            expectCancellation(thrown);
        } else {
            check(thrown == null, "await threw " + thrown + ", expected nothing");
        }
        boolean flagLeft = Thread.interrupted();
        check(flagLeft == (flagged && !interruptedException), "J4: the flag after await is " + flagLeft);
        check(Objects.toString(thrownBy(group::await)).equals(Objects.toString(thrown)), "await changed its answer");
    }

    /** N9: an Error and an interrupt; the handles, which are looked at all the time, tell the rest. */
    private void expectOfSettle() {
        Throwable thrown = thrownBy(group::settle);
        ModelTask failed = model.failure();
        Throwable failure = failed == null
                ? null
                : Objects.requireNonNull(real(failed).handle).exception();
        CancelReason first = model.answer();
        boolean right;
        if (first == CancelReason.FAILURE && failure instanceof Error) {
            right = thrown == failure;
        } else if (first == CancelReason.INTERRUPTED) {
            right = thrown instanceof InterruptedException;
        } else {
            right = thrown == null;
        }
        check(right, "N9: settle threw " + thrown + " in a group that answers for " + first);
    }

    private void expectFailure(@Nullable Throwable thrown, boolean atClose) {
        ModelTask task = model.failure();
        if (task == null) {
            check(
                    thrown instanceof ErrGroupException answer && answer.getCause() instanceof IllegalStateException,
                    "N9: thrown was " + thrown + ", expected that too few succeeded");
            return;
        }
        Throwable failure = Objects.requireNonNull(real(task).handle).exception();
        boolean told;
        if (failure instanceof Error) {
            told = atClose ? thrown instanceof Error && thrown.getCause() == failure : thrown == failure;
        } else {
            told = thrown instanceof ErrGroupException answer
                    && answer.getCause() == failure
                    && answer.reason() == CancelReason.FAILURE;
        }
        check(told, "G1, J7: thrown was " + thrown + ", the first failure was " + failure);
    }

    private void expectCancellation(@Nullable Throwable thrown) {
        check(
                thrown instanceof ErrGroupException answer && answer.reason() == model.firstReason,
                "G1, J7: thrown was " + thrown + ", expected that it was cancelled: " + model.firstReason);
        expectSuppressed(thrown);
    }

    /** G1: what failed after the cancellation. */
    private void expectSuppressed(@Nullable Throwable thrown) {
        long failed = Math.min(16, model.count(State.FAILED));
        int suppressed = thrown == null ? 0 : thrown.getSuppressed().length;
        check(suppressed == failed, "G1: " + suppressed + " failures are suppressed, expected " + failed);
    }

    private void expectOfClose(boolean cancels) {
        Throwable thrown = thrownBy(group::close);
        boolean failed = model.hasUnansweredFailures();
        boolean undone = model.hasUnansweredUndone();
        CancelReason first = model.answer();
        if (first == null) {
            check(thrown == null, "J5, N9: close threw " + thrown + ", expected nothing");
        } else if ((failed && first != CancelReason.CLOSED) || (undone && model.reason == CancelReason.TIMEOUT)) {
            if (first == CancelReason.FAILURE) {
                expectFailure(thrown, true); // sticky, past the deadline too
            } else {
                expectCancellation(thrown);
            }
        } else if (cancels && (failed || undone)) {
            check(thrown instanceof IllegalStateException, "J5: close threw " + thrown + ", expected what was lost");
        } else {
            check(thrown == null, "J5: close threw " + thrown + ", expected nothing");
        }
    }

    private interface Throwing {
        void run() throws Throwable;
    }

    private static @Nullable Throwable thrownBy(Throwing action) {
        try {
            action.run();
            return null;
        } catch (Throwable thrown) {
            return thrown;
        }
    }

    // ---- invariants

    /** J3. */
    private void checkCounts() {
        GroupSnapshot snapshot = group.snapshot();
        check(
                snapshot.submitted() == model.tasks.size()
                        && snapshot.succeeded() == model.count(State.SUCCEEDED)
                        && snapshot.failed() == model.count(State.FAILED)
                        && snapshot.cancelled() == model.count(State.CANCELLED)
                        && snapshot.skipped() == model.count(State.SKIPPED)
                        && snapshot.pending() == 0,
                "J3: the counts are " + snapshot);
    }

    /** J9: an open group that is empty can be filled to its limit, and no further. */
    private void checkSlots() {
        boolean fillable = model.reason == null
                && model.outstanding() == 0
                && model.limit() > 0
                && shared == null
                && !setting.place().isFaulty();
        if (fillable) {
            for (int slot = 0; slot <= model.limit(); slot++) {
                tryGo(Behaviour.SUCCEED);
                settle("fill slot " + slot);
            }
            finishAll(false);
        }
    }

    /** N7, J9: so can a shared limit, by another group. */
    private void checkSharedSlots() {
        if (shared == null) {
            return;
        }
        CountDownLatch gate = new CountDownLatch(1);
        try (ErrGroup other =
                ErrGroup.open(workshop.childOptions().sharedLimit(shared).build())) {
            for (int slot = 0; slot < setting.sharedLimit(); slot++) {
                check(other.tryGo(() -> gate.await()).isPresent(), "N7: shared slot " + slot + " is lost");
            }
            check(other.tryGo(() -> gate.await()).isEmpty(), "N7: there are more shared slots than the limit");
            gate.countDown();
            Throwable thrown = thrownBy(other::await);
            check(thrown == null, "the group that fills the shared limit threw " + thrown);
        }
    }

    // ---- the group against the model

    private void settle(String after) {
        long start = System.nanoTime();
        for (int looks = 0; !isAsTheModelSays(); looks++) {
            if (System.nanoTime() - start > patienceNanos) {
                throw new AssertionError("after '" + after + "' it never got where the model is: " + difference());
            }
            if (looks < 1_000) {
                Thread.onSpinWait();
            } else {
                LockSupport.parkNanos(20_000);
            }
        }
    }

    /** Whether it tells that a task was launched, which may be dropped; a cancelled group may look for a thread in vain. */
    private boolean isExecutionCounted() {
        return setting.place().isFaulty() && model.reason == null;
    }

    private boolean isAsTheModelSays() {
        if (tasks.size() != model.tasks.size()
                || Outstanding.of(group) != model.outstanding()
                || (model.outstanding() == 0 && !Outstanding.isNone(group))
                || (shared != null && Outstanding.queuedFor(shared, group) != model.queuedForShared())
                || (isExecutionCounted() && workshop.executed() != model.executed())
                || group.context().reason() != model.reason) {
            return false;
        }
        for (int i = 0; i < tasks.size(); i++) {
            RealTask real = tasks.get(i);
            Subtask<?> handle = real.handle;
            boolean same = model.tasks.get(i).callerWaits
                    ? real.isCallerBlocked()
                    : handle != null && handle.state() == model.tasks.get(i).state;
            if (!same) {
                return false;
            }
        }
        return true;
    }

    private String difference() {
        List<String> parts = new ArrayList<>();
        parts.add("reason " + group.context().reason() + ", expected " + model.reason);
        parts.add("outstanding " + Outstanding.of(group) + ", expected " + model.outstanding());
        parts.add("submitted " + tasks.size() + ", expected " + model.tasks.size());
        for (int i = 0; i < Math.min(tasks.size(), model.tasks.size()); i++) {
            Subtask<?> handle = tasks.get(i).handle;
            State state = handle == null ? null : handle.state();
            Object expected = model.tasks.get(i).callerWaits ? "blocked in go" : model.tasks.get(i).state;
            if (state != expected) {
                parts.add("task " + i + " is " + (state == null ? "not there" : state) + ", expected " + expected);
            }
        }
        return String.join("; ", parts);
    }

    private static void check(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise);
        }
    }
}
