package io.github.errgroup.benchmarks;

import io.github.errgroup.benchmarks.rivals.Rival;
import io.github.errgroup.benchmarks.rivals.Rivals;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A million tasks of one group, all blocked: how many bytes of heap live per task, and how long it takes
 * from their release until the group has returned. Once per JVM: what the collector does in the meantime is part
 * of the answer.
 */
public final class MillionBlocked {
    /** What begins the line that holds the two figures. */
    static final String MARK = "million-blocked:";

    /** Many latches: the list of a million waiters of a single one would keep the collector busier than the group does. */
    private static final int GATES = 1_000;

    private MillionBlocked() {}

    /**
     * Prints one line: the mark, live bytes per task, nanoseconds of the release.
     *
     * @param args the rival's id, and how many tasks
     * @throws Exception what the rival threw
     */
    public static void main(String[] args) throws Exception {
        Rival rival = Rivals.named(args[0]);
        int tasks = Integer.parseInt(args[1]);
        long before = liveBytes();
        CountDownLatch started = new CountDownLatch(tasks);
        CountDownLatch[] gates = new CountDownLatch[GATES];
        Arrays.setAll(gates, i -> new CountDownLatch(1));
        AtomicInteger arrived = new AtomicInteger();
        FutureTask<Boolean> group = new FutureTask<>(() -> {
            rival.all(tasks, () -> {
                started.countDown();
                gates[arrived.getAndIncrement() % GATES].await();
                return true;
            });
            return true;
        });
        Thread.startVirtualThread(group);
        started.await();
        long live = liveBytes() - before;
        long start = System.nanoTime();
        for (CountDownLatch gate : gates) {
            gate.countDown();
        }
        group.get();
        long nanos = System.nanoTime() - start;
        System.out.println(MARK + " " + live / tasks + " " + nanos);
    }

    private static long liveBytes() throws InterruptedException {
        for (int i = 0; i < 3; i++) {
            System.gc();
            // lets the tasks that have started get as far as the latch, and the collector finish
            Thread.sleep(200);
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
