package io.github.errgroup.model;

import io.github.errgroup.ErrGroup;
import io.github.errgroup.ErrGroupException;
import io.github.errgroup.ErrGroupOptions;
import io.github.errgroup.GroupSnapshot.Phase;
import io.github.errgroup.Outstanding;
import io.github.errgroup.SharedLimit;
import io.github.errgroup.ThrowingRunnable;
import io.github.errgroup.model.Storm.Act;
import io.github.errgroup.model.Storm.Body;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** One run of a storm. What its threads do comes in any order: what is checked holds in each. */
final class StormRun {
    private static final int COMPUTING_TURNS = 50;

    private final Storm storm;

    private final Setting setting;

    private final Workshop workshop;

    private final long patienceNanos;

    private final @Nullable SharedLimit shared;

    private final @Nullable Tally tally;

    private final WatchedGroup watched;

    private final ErrGroup group;

    private final Queue<WatchedGroup> leftOpen = new ConcurrentLinkedQueue<>();

    private final Queue<String> violations = new ConcurrentLinkedQueue<>();

    /** Bodies that hold a shared slot, and have not waited yet. */
    private final AtomicInteger sharing = new AtomicInteger();

    /** Changed by the conductor, and by the owner when all is over. */
    private volatile int highestSharedLimit;

    /** Whether the deadline passed: that cancels a moment later, in a thread of its own. */
    private volatile boolean expired;

    /** Tasks linger here. */
    private volatile CountDownLatch gate = new CountDownLatch(1);

    private final Thread owner = Thread.currentThread();

    StormRun(Storm storm, long patienceNanos) {
        this.storm = storm;
        this.setting = storm.setting();
        this.patienceNanos = patienceNanos;
        this.workshop = new Workshop(setting.place());
        this.shared = setting.sharedLimit() < 0 ? null : new SharedLimit(setting.sharedLimit());
        this.highestSharedLimit = setting.sharedLimit() < 0 ? Integer.MAX_VALUE : setting.sharedLimit();
        this.tally = storm.listened() ? new Tally() : null;
        ErrGroupOptions.Builder options = options("storm", setting.limit()).cancelOnError(setting.cancelOnError());
        if (tally != null) {
            options.listener(tally);
        }
        this.group = ErrGroup.open(options.build());
        this.watched = new WatchedGroup(group, setting.limit(), violations::add);
    }

    private ErrGroupOptions.Builder options(String name, int limit) {
        return workshop.options()
                .name(name)
                .limit(limit)
                .sharedLimit(shared)
                .interruptOnCancel(setting.interruptOnCancel());
    }

    /** Lets all threads loose, and ends the group. Throws an AssertionError where something does not hold. */
    void run() {
        List<Thread> threads = new ArrayList<>();
        try {
            for (int i = 0; i < storm.actors().size(); i++) {
                boolean conductor = i == 0;
                List<Act> acts = storm.actors().get(i);
                Thread thread = new Thread(() -> perform(acts, conductor), conductor ? "conductor" : "actor-" + i);
                thread.setDaemon(true);
                threads.add(thread);
            }
            threads.forEach(Thread::start);
            switch (setting.ending()) {
                case AWAIT -> {}
                case AWAIT_INTERRUPTED -> awaitMeanwhile();
                case CLOSE -> expected(group::close);
            }
            threads.forEach(this::join);
            Thread.interrupted();
            end();
        } finally {
            Thread.interrupted();
            gate.countDown();
        }
        if (!violations.isEmpty()) {
            throw new AssertionError(violations.toString());
        }
    }

    private void end() {
        if (setting.ending() != Ending.CLOSE) {
            checkSlots();
            watched.awaitAnswer();
            // A deadline that found nothing to cancel may still be at it, in a group that goes on.
            check(
                    expired ? Outstanding.of(group) == 0 : Outstanding.isNone(group),
                    "something is outstanding after await");
        }
        expected(group::close);
        watched.checkEnd();
        leftOpen.forEach(WatchedGroup::checkEnd);
        check(tally == null || tally.isOf(group.snapshot()), "J11: told was " + tally + " of " + group.snapshot());
        checkSharedSlots();
        check(workshop.joinThreads(patienceNanos), "a thread is left");
    }

    private void check(boolean holds, String otherwise) {
        if (!holds) {
            violations.add(otherwise);
        }
    }

    private void join(Thread thread) {
        long end = System.nanoTime() + patienceNanos;
        while (thread.isAlive()) {
            long left = end - System.nanoTime();
            if (left <= 0) {
                throw new AssertionError("the " + thread.getName() + " hangs, in " + group.snapshot() + ", at\n  "
                        + String.join(
                                "\n  ",
                                Arrays.stream(thread.getStackTrace())
                                        .map(Object::toString)
                                        .toList()));
            }
            try {
                TimeUnit.NANOSECONDS.timedJoin(thread, left);
            } catch (InterruptedException e) {
                // an act; the owner does not wait for the group now
            }
        }
    }

    // ---- acts

    private void perform(List<Act> acts, boolean conductor) {
        try {
            acts.forEach(this::perform);
            if (conductor) {
                if (group.snapshot().limit() == 0) {
                    watched.setLimit(2);
                }
                setSharedLimit(Math.max(1, shared == null ? 1 : shared.limit()));
            }
        } catch (Throwable e) {
            violations.add("a thread of the storm threw " + e);
        } finally {
            if (conductor) {
                gate.countDown();
            }
        }
    }

    private void perform(Act act) {
        switch (act.kind()) {
            case GO -> watched.go(body(watched, act.body(), act.number(), 0));
            case TRY_GO -> watched.tryGo(body(watched, act.body(), act.number(), 0));
            case AWAIT -> awaitMeanwhile();
            case SET_LIMIT -> watched.setLimit(act.number());
            case SET_SHARED_LIMIT -> setSharedLimit(act.number());
            case LOOK -> watched.checkSnapshot();
            case CANCEL -> group.cancel();
            case EXPIRE -> {
                expired = true;
                workshop.passDeadline();
            }
            case INTERRUPT_OWNER -> owner.interrupt();
        }
    }

    /** Never to none: what started without a limit is not counted under the next. */
    private void setSharedLimit(int limit) {
        if (shared != null) {
            int some = Math.max(0, limit);
            highestSharedLimit = Math.max(highestSharedLimit, some);
            shared.setLimit(some);
        }
    }

    private void awaitMeanwhile() {
        expected(group::await);
    }

    private void expected(ThrowingRunnable ending) {
        try {
            ending.run();
        } catch (ErrGroupException | InterruptedException | StormError e) {
            // which of them it is to be is checked when all is over
        } catch (IllegalStateException e) {
            check(setting.ending() == Ending.CLOSE, "unexpected: " + e); // it says what close cut short
        } catch (Throwable e) {
            // A thread that could not be had fails its task. Close wraps what await throws as itself.
            Throwable error = e.getClass() == Error.class ? e.getCause() : e;
            boolean planted = error instanceof StormError
                    || (error instanceof OutOfMemoryError && setting.place() == Place.DYING);
            check(planted, "unexpected: " + e);
        }
    }

    /** The Error of a task. */
    private static final class StormError extends Error {
        private static final long serialVersionUID = 1L;
    }

    // ---- tasks

    private ThrowingRunnable body(WatchedGroup home, Body body, int number, int depth) {
        return () -> {
            boolean shares = shared != null;
            if (shares && sharing.incrementAndGet() > highestSharedLimit) {
                violations.add("N7: more bodies run than the shared limit of " + highestSharedLimit + " allows");
            }
            boolean waits = body == Body.NEST || body == Body.LEAVE_OPEN;
            if (shares && waits) {
                sharing.decrementAndGet(); // whether it has a slot again afterwards is nobody's business
            }
            try {
                act(home, body, number, depth);
            } finally {
                if (shares && !waits) {
                    sharing.decrementAndGet();
                }
            }
        };
    }

    private void act(WatchedGroup home, Body body, int number, int depth) throws Exception {
        switch (body) {
            case SUCCEED -> {}
            case COMPUTE -> compute(home);
            case LINGER -> gate.await();
            case IGNORE_INTERRUPTS -> lingerOn();
            case THROW -> throw new IllegalArgumentException("thrown by a task");
            case THROW_ERROR -> throw new StormError();
            case SPAWN -> {
                for (int i = 0; i <= Math.max(0, number); i++) {
                    home.go(body(home, i % 2 == 0 ? Body.COMPUTE : Body.SUCCEED, 0, depth));
                }
            }
            case NEST -> nest(number, depth);
            case LEAVE_OPEN -> leftOpen.add(submitToNested(number, depth));
            case INTERRUPT_ITSELF -> {
                if (setting.place() != Place.CALLER) { // where the flag stays, and is that of the thread that submits
                    Thread.currentThread().interrupt();
                }
            }
            case CANCEL -> home.group.cancel();
        }
    }

    private void compute(WatchedGroup home) {
        for (int turn = 0; turn < COMPUTING_TURNS && !home.group.context().isCancelled(); turn++) {
            Thread.onSpinWait();
            if (turn % 16 == 0) {
                Thread.yield();
            }
        }
    }

    private void lingerOn() {
        for (boolean open = false; !open; ) {
            try {
                gate.await();
                open = true;
            } catch (InterruptedException e) {
                // on with it
            }
        }
    }

    private void nest(int number, int depth) throws Exception {
        WatchedGroup child = submitToNested(number, depth);
        try (ErrGroup open = child.group) {
            open.await();
        } finally {
            child.checkEnd();
        }
    }

    private WatchedGroup submitToNested(int number, int depth) {
        ErrGroup group = ErrGroup.open(options("nested", storm.nestedLimit()).build());
        WatchedGroup child = new WatchedGroup(group, storm.nestedLimit(), violations::add);
        for (int i = 0; i <= Math.max(0, number); i++) {
            Body body = i > 0 || depth > 0 ? Body.COMPUTE : number == 3 ? Body.NEST : Body.SPAWN;
            child.go(body(child, body, number - 2, depth + 1));
        }
        return child;
    }

    // ---- slots

    /** J9: a group that all have left can be filled to its limits, and no further. */
    private void checkSlots() {
        if (expired) {
            return;
        } else if (!setting.cancelOnError()) {
            awaitMeanwhile(); // it goes on afterwards
        } else if (setting.place() == Place.DROPPING || setting.place() == Place.POOL_OF_ONE) {
            return; // what the executor does not run ends only when somebody waits, and then the group ends with it
        }
        long start = System.nanoTime();
        while (!Outstanding.isNone(group)) {
            if (System.nanoTime() - start > patienceNanos) {
                violations.add("something is outstanding that never ends: " + group.snapshot());
                return;
            }
            LockSupport.parkNanos(10_000);
        }
        int own = group.snapshot().limit();
        int slots = shared == null ? own : own < 0 ? shared.limit() : Math.min(own, shared.limit());
        boolean fillable = group.snapshot().phase() == Phase.OPEN
                && slots > 0
                && !setting.place().isFaulty()
                && setting.place() != Place.CALLER;
        if (!fillable) {
            return;
        }
        CountDownLatch filled = new CountDownLatch(1);
        gate = filled;
        for (int slot = 0; slot < slots; slot++) {
            check(watched.tryGo(body(watched, Body.LINGER, 0, 0)), "J9: slot " + slot + " of " + slots + " is lost");
        }
        check(!watched.tryGo(body(watched, Body.LINGER, 0, 0)), "G3: there are more slots than the limit " + slots);
        filled.countDown();
    }

    /** N7, J9: so can a shared limit, by another group. */
    private void checkSharedSlots() {
        if (shared == null) {
            return;
        }
        CountDownLatch filled = new CountDownLatch(1);
        ErrGroupOptions options = workshop.childOptions().sharedLimit(shared).build();
        try (ErrGroup other = ErrGroup.open(options)) {
            for (int slot = 0; slot < shared.limit(); slot++) {
                check(other.tryGo(() -> filled.await()).isPresent(), "N7: shared slot " + slot + " is lost");
            }
            check(other.tryGo(() -> filled.await()).isEmpty(), "N7: there are more shared slots than the limit");
            filled.countDown();
            expected(other::await);
        }
    }
}
