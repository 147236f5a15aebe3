package io.github.errgroup.benchmarks;

import io.github.errgroup.ErrGroup;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.LongAdder;
import javax.management.JMException;
import javax.management.ObjectName;

/**
 * One group with a limit that never runs out of tasks, as in a consumer loop: whether the heap that lives grows with the
 * tasks that a thread has taken. Each thread's first task blocks on a deep stack while the code is cold, so that its stack is
 * kept as frames of the interpreter, the largest there are. Then tasks block for a millisecond on stacks of all depths.
 *
 * <p>Now and then all tasks stop: half of the times on a deep stack, half on a shallow one, where what a thread keeps of
 * deeper stacks would show. The heap is collected and looked at then. One JVM with reused threads, and one with a fresh thread
 * per task to compare with. {@code errgroup-core/benchmarks/run long-lived 300} runs it for 300 seconds each.
 */
public final class LongLivedGroup {
    private static final int LIMIT = 200;

    private static final int DEEPEST = 100;

    private static final int LOOKS = 10;

    /** What all running tasks block on while the heap is looked at; null while they are to work. */
    private static volatile Stop stop;

    private static final LongAdder ended = new LongAdder();

    /** The tasks that have stopped, and what they wait for. */
    private record Stop(int depth, CountDownLatch stopped, CountDownLatch gate) {
        Stop(int depth) {
            this(depth, new CountDownLatch(LIMIT), new CountDownLatch(1));
        }

        void block() throws InterruptedException {
            stopped.countDown();
            gate.await();
        }
    }

    private LongLivedGroup() {}

    /**
     * Prints a line per look.
     *
     * @param args for how many seconds each; then "reuse" or "fresh" to measure that one in this JVM
     * @throws Exception a task failed, or a JVM could not be started
     */
    public static void main(String[] args) throws Exception {
        int seconds = Integer.parseInt(args[0]);
        if (args.length == 1) {
            fork(seconds, "reuse");
            fork(seconds, "fresh");
        } else {
            measure(seconds, args[1].equals("reuse"));
        }
    }

    private static void fork(int seconds, String threads) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(ProcessHandle.current().info().command().orElse("java"));
        command.addAll(List.of(
                "-Xmx512m",
                "-cp",
                ManagementFactory.getRuntimeMXBean().getClassPath(),
                LongLivedGroup.class.getName(),
                Integer.toString(seconds),
                threads));
        int status = new ProcessBuilder(command).inheritIO().start().waitFor();
        if (status != 0) {
            throw new IOException(threads + " ended with status " + status);
        }
    }

    private static void measure(int seconds, boolean reuse) throws Exception {
        Stop cold = new Stop(DEEPEST);
        stop = cold;
        long start = System.nanoTime();
        try (ErrGroup group = ErrGroup.open(o -> o.limit(LIMIT).reuseThreads(reuse))) {
            Thread consumer = Thread.ofPlatform().daemon().start(() -> {
                int depth = 0;
                while (!group.context().isCancelled()) {
                    int here = 1 + depth++ % DEEPEST;
                    group.go(() -> task(here));
                }
            });
            look("cold", reuse, start, cold);
            for (int look = 1; look <= LOOKS; look++) {
                Thread.sleep(seconds * 1_000L / LOOKS);
                look("deep", reuse, start, new Stop(DEEPEST));
                look("shallow", reuse, start, new Stop(1));
            }
            group.cancel();
            consumer.join();
        }
    }

    private static void task(int depth) throws Exception {
        Stop now = stop;
        if (now == null) {
            down(depth, () -> Thread.sleep(1));
        } else {
            down(now.depth(), now::block);
        }
        ended.increment();
    }

    /** What blocks. */
    @FunctionalInterface
    private interface Blocking {
        void block() throws InterruptedException;
    }

    /** Two methods by turns, with locals that are needed after the call, so that their frames stay. */
    private static long down(int depth, Blocking bottom) throws InterruptedException {
        if (depth == 0) {
            bottom.block();
            return 0;
        }
        long a = depth * 3L;
        long b = depth ^ 5L;
        return further(depth, a, b, bottom) + a - b;
    }

    private static long further(int depth, long a, long b, Blocking bottom) throws InterruptedException {
        long c = a * b;
        return down(depth - 1, bottom) + c;
    }

    private static void look(String where, boolean reuse, long start, Stop here) throws Exception {
        stop = here;
        here.stopped().await();
        String[] chunks = stackChunks();
        long live = liveBytes();
        System.out.printf(
                Locale.ROOT,
                "%s %-7s %6.1f s %,12d tasks ended %,9d kB live, of it %5s stack chunks of %,9d kB%n",
                reuse ? "reuse" : "fresh",
                where,
                (System.nanoTime() - start) / 1e9,
                ended.sum(),
                live / 1024,
                chunks[0],
                Long.parseLong(chunks[1]) / 1024);
        stop = null;
        here.gate().countDown();
    }

    private static long liveBytes() {
        System.gc();
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    /** How many there are after a full collection, and their bytes. */
    private static String[] stackChunks() throws JMException {
        Object histogram = ManagementFactory.getPlatformMBeanServer()
                .invoke(
                        new ObjectName("com.sun.management:type=DiagnosticCommand"),
                        "gcClassHistogram",
                        new Object[] {new String[0]},
                        new String[] {String[].class.getName()});
        return histogram
                .toString()
                .lines()
                .filter(line -> line.contains("jdk.internal.vm.StackChunk"))
                .findFirst()
                .map(line -> line.strip().split("\\s+"))
                .map(words -> new String[] {words[1], words[2]})
                .orElse(new String[] {"0", "0"});
    }
}
