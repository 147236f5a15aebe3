package io.github.errgroup.soak;

import io.github.errgroup.GroupContext;
import io.github.errgroup.Registration;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** What tasks do, each kind of them. Sleeping is load here, and orders nothing. Thread-safe. */
final class TaskWork {
    private final World world;

    private final List<ReentrantLock> locks = List.of(new ReentrantLock(), new ReentrantLock(), new ReentrantLock());

    private final BlockingQueue<Object> queue = new ArrayBlockingQueue<>(4);

    TaskWork(World world) {
        this.world = world;
    }

    Ledger.Work of(TaskPlan plan) {
        return turn -> perform(plan, turn);
    }

    private void perform(TaskPlan plan, Turn turn) throws Exception {
        Ledger ledger = turn.ledger();
        GroupContext context = ledger.group().context();
        switch (plan.kind()) {
            case COMPUTE -> compute(plan, context);
            case SLEEP -> TimeUnit.MICROSECONDS.sleep(plan.micros());
            case LOCK -> lock(plan);
            case QUEUE -> queue(plan);
            case UNTIL_CANCELLED -> untilCancelled(plan, context);
            case STUBBORN -> stubborn(plan, ledger);
            case FAIL -> throw new Planted.Failure(ledger);
            case FAIL_WITH_ERROR -> throw new Planted.Fault(ledger);
            case CANCEL -> ledger.group().cancel();
            case SPAWN -> spawn(plan, ledger);
            case NEST -> nest(plan, turn);
            case PROBE -> throw new IllegalStateException("kind PROBE: brings its own work");
        }
    }

    private static void compute(TaskPlan plan, GroupContext context) {
        long sum = 0;
        for (int i = 0; i < plan.micros(); i++) {
            sum += sum * 31 + i;
        }
        if (plan.micros() % 2 == 0 || sum == 1) {
            context.throwIfCancelled();
        }
    }

    private void lock(TaskPlan plan) throws InterruptedException {
        ReentrantLock lock = locks.get(plan.micros() % locks.size());
        if (lock.tryLock(plan.micros(), TimeUnit.MICROSECONDS)) {
            try {
                LockSupport.parkNanos(50_000);
            } finally {
                lock.unlock();
            }
        }
    }

    private void queue(TaskPlan plan) throws InterruptedException {
        if (plan.micros() % 2 == 0) {
            queue.offer(plan, plan.micros(), TimeUnit.MICROSECONDS);
        } else {
            queue.poll(plan.micros(), TimeUnit.MICROSECONDS);
        }
    }

    private static void untilCancelled(TaskPlan plan, GroupContext context) throws InterruptedException {
        CountDownLatch cancelled = new CountDownLatch(1);
        Registration hook = context.addCancellationHook(cancelled::countDown);
        try {
            if (cancelled.await(plan.micros(), TimeUnit.MICROSECONDS)) {
                context.throwIfCancelled();
            }
        } finally {
            hook.close();
        }
    }

    private static void stubborn(TaskPlan plan, Ledger ledger) throws Planted.Failure {
        long end = System.nanoTime() + TimeUnit.MICROSECONDS.toNanos(plan.micros());
        for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
            if (Thread.interrupted()) {
                ledger.world().totals().happened("interrupt ignored");
            }
            LockSupport.parkNanos(Math.min(left, 200_000));
        }
        if (plan.micros() % 4 == 0) {
            throw new Planted.Failure(ledger); // though it may have been cancelled: a failure all the same
        }
    }

    private void spawn(TaskPlan plan, Ledger ledger) {
        for (int i = 0; i < 2; i++) {
            ledger.go(of(new TaskPlan(TaskKind.COMPUTE, plan.micros(), null)), TaskKind.COMPUTE);
        }
    }

    private void nest(TaskPlan plan, Turn turn) throws Exception {
        Ledger ledger = turn.ledger();
        Plan nested = plan.nested();
        if (nested == null) {
            throw new IllegalArgumentException("task " + plan + ": opens no group");
        }
        turn.leaveShared();
        world.totals().happened(Shares.NESTED);
        Throwable bad = new Episode(world, ledger.title() + " > nested", nested, ledger).run();
        turn.returnToShared();
        rethrow(bad, nested, ledger);
    }

    /** What a service does: goes on without the part that failed, or fails itself; and ends if it is cancelled. */
    private static void rethrow(@Nullable Throwable bad, Plan nested, Ledger ledger) throws Exception {
        if (bad instanceof InterruptedException interrupted) {
            throw interrupted;
        }
        if (ledger.group().context().isCancelled()) {
            throw new CancellationException("the group around is cancelled");
        }
        if (bad != null && nested.tasks().size() % 2 == 0) {
            throw new Planted.Failure(ledger);
        }
    }
}
