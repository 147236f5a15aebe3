package io.github.errgroup.benchmarks.rivals;

import io.micrometer.context.ContextSnapshot;
import io.micrometer.core.instrument.LongTaskTimer;
import io.micrometer.core.instrument.Timer;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * What a user would write by hand: a virtual thread per task, a latch to wait for all, a reference that keeps the first
 * error, an array of the threads to interrupt. The reference of every ratio.
 */
public final class ByHand implements Rival {
    @Override
    public String id() {
        return Rivals.REFERENCE;
    }

    @Override
    public String title() {
        return "by hand: virtual threads, latch";
    }

    @Override
    public Set<Feature> features() {
        return EnumSet.allOf(Feature.class);
    }

    @Override
    public void all(int tasks, Callable<Boolean> task) throws Exception {
        CountDownLatch ended = new CountDownLatch(tasks);
        AtomicReference<@Nullable Throwable> firstError = new AtomicReference<>();
        @Nullable Thread[] threads = new Thread[tasks];
        for (int i = 0; i < tasks; i++) {
            threads[i] = Thread.startVirtualThread(() -> run(task, firstError, threads, ended));
        }
        interruptIfFailed(firstError, threads);
        ended.await();
        rethrow(firstError.get());
    }

    @Override
    public void limited(int tasks, int limit, Callable<Boolean> task) throws Exception {
        CountDownLatch ended = new CountDownLatch(tasks);
        AtomicReference<@Nullable Throwable> firstError = new AtomicReference<>();
        Semaphore slots = new Semaphore(limit);
        @Nullable Thread[] threads = new Thread[tasks];
        for (int i = 0; i < tasks; i++) {
            slots.acquire();
            threads[i] = Thread.startVirtualThread(() -> {
                try {
                    if (firstError.get() == null) {
                        task.call();
                    }
                } catch (Throwable failure) {
                    if (firstError.compareAndSet(null, failure)) {
                        interrupt(threads);
                    }
                } finally {
                    slots.release();
                    ended.countDown();
                }
            });
        }
        interruptIfFailed(firstError, threads);
        ended.await();
        rethrow(firstError.get());
    }

    @Override
    public <T> List<T> map(int items, IndexedFunction<T> function) throws Exception {
        Object[] values = new Object[items];
        CountDownLatch ended = new CountDownLatch(items);
        AtomicReference<@Nullable Throwable> firstError = new AtomicReference<>();
        @Nullable Thread[] threads = new Thread[items];
        for (int i = 0; i < items; i++) {
            int index = i;
            threads[i] = Thread.startVirtualThread(
                    () -> run(() -> values[index] = function.apply(index), firstError, threads, ended));
        }
        interruptIfFailed(firstError, threads);
        ended.await();
        rethrow(firstError.get());
        List<T> inOrder = new ArrayList<>(items);
        for (Object value : values) {
            @SuppressWarnings("unchecked")
            T made = (T) value;
            inOrder.add(made);
        }
        return inOrder;
    }

    @Override
    public void onPool(ExecutorService pool, int tasks, Callable<Boolean> task) throws Exception {
        CountDownLatch ended = new CountDownLatch(tasks);
        AtomicReference<@Nullable Throwable> firstError = new AtomicReference<>();
        @Nullable Thread[] threads = {};
        for (int i = 0; i < tasks; i++) {
            pool.execute(() -> run(task, firstError, threads, ended));
        }
        ended.await();
        rethrow(firstError.get());
    }

    @Override
    public void fromThreads(int submitters, int tasksEach, Callable<Boolean> task) throws Exception {
        CountDownLatch ended = new CountDownLatch(submitters * tasksEach);
        AtomicReference<@Nullable Throwable> firstError = new AtomicReference<>();
        @Nullable Thread[] threads = new Thread[submitters * tasksEach];
        Submitters.run(
                submitters,
                tasksEach,
                index -> threads[index] = Thread.startVirtualThread(() -> run(task, firstError, threads, ended)));
        interruptIfFailed(firstError, threads);
        ended.await();
        rethrow(firstError.get());
    }

    /** Captured once: this caller does not change its context between the tasks. */
    @Override
    public void observed(int tasks, Callable<Boolean> task) throws Exception {
        Observed meters = Observed.BY_HAND;
        LongTaskTimer.Sample open = meters.groupsOpen().start();
        long start = System.nanoTime();
        ContextSnapshot context = Observed.SNAPSHOTS.captureAll();
        CountDownLatch ended = new CountDownLatch(tasks);
        AtomicReference<@Nullable Throwable> firstError = new AtomicReference<>();
        @Nullable Thread[] threads = new Thread[tasks];
        for (int i = 0; i < tasks; i++) {
            threads[i] = Thread.startVirtualThread(() -> {
                try (ContextSnapshot.Scope scope = context.setThreadLocals()) {
                    run(() -> timed(meters, task), firstError, threads, ended);
                }
            });
        }
        interruptIfFailed(firstError, threads);
        ended.await();
        open.stop();
        Throwable failure = firstError.get();
        (failure == null ? meters.groupSucceeded() : meters.groupFailed())
                .record(System.nanoTime() - start, TimeUnit.NANOSECONDS);
        rethrow(failure);
    }

    private static Boolean timed(Observed meters, Callable<Boolean> task) throws Exception {
        meters.active().increment();
        long start = System.nanoTime();
        Timer outcome = meters.failed();
        try {
            Boolean value = task.call();
            outcome = meters.succeeded();
            return value;
        } catch (Exception failure) {
            meters.failures().increment();
            throw failure;
        } finally {
            outcome.record(System.nanoTime() - start, TimeUnit.NANOSECONDS);
            meters.active().decrement();
        }
    }

    private static void run(
            Callable<?> task,
            AtomicReference<@Nullable Throwable> firstError,
            @Nullable Thread[] threads,
            CountDownLatch ended) {
        try {
            if (firstError.get() == null) {
                task.call();
            }
        } catch (Throwable failure) {
            if (firstError.compareAndSet(null, failure)) {
                interrupt(threads);
            }
        } finally {
            ended.countDown();
        }
    }

    /**
     * Closes the gap between a failing task, which interrupts the threads it finds in the array, and a caller that was
     * still filling it. The write of null in place of null orders the two.
     */
    private static void interruptIfFailed(AtomicReference<@Nullable Throwable> firstError, @Nullable Thread[] threads) {
        if (!firstError.compareAndSet(null, null)) {
            interrupt(threads);
        }
    }

    private static void interrupt(@Nullable Thread[] threads) {
        for (Thread thread : threads) {
            if (thread != null && thread != Thread.currentThread()) {
                thread.interrupt();
            }
        }
    }

    private static void rethrow(@Nullable Throwable failure) throws Exception {
        if (failure instanceof Exception exception) {
            throw exception;
        }
        if (failure != null) {
            throw (Error) failure;
        }
    }
}
