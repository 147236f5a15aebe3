package io.github.errgroup.spring.cluster;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Many clients of some instances, each with one request after the other: half of them go to the instance that is the favourite at
 * that time, the others to any. A request that an instance has not answered is its fault, unless it was killed.
 */
final class LoadClients {
    private static final int MOST_CALLS = 5;

    /** Null where an instance is not up. */
    private final AtomicReferenceArray<LoadedInstance> instances;

    private final List<Thread> threads = new ArrayList<>();

    private final AtomicLong answered = new AtomicLong();

    private final AtomicLong cutOff = new AtomicLong();

    private final Queue<String> faults = new ConcurrentLinkedQueue<>();

    /** These three are written by the test, read by the clients. */
    private volatile int favourite;

    private volatile int mostPauseMillis;

    private volatile boolean stopped;

    LoadClients(int instances, int clients) {
        this.instances = new AtomicReferenceArray<>(instances);
        for (int k = 0; k < clients; k++) {
            SplittableRandom random = new SplittableRandom(k);
            Thread thread = new Thread(() -> ask(random), "client-" + k);
            thread.setDaemon(true);
            threads.add(thread);
        }
    }

    void start() {
        threads.forEach(Thread::start);
    }

    /** From now on an instance is there; null: it is not. */
    void set(int index, LoadedInstance instance) {
        instances.set(index, instance);
    }

    void favour(int index) {
        favourite = index;
    }

    /** How long at most clients pause between two requests, from now on. */
    void pause(Duration atMost) {
        mostPauseMillis = (int) atMost.toMillis();
    }

    /** Waits for the requests that run. Returns whether all have ended. */
    boolean stop(Duration atMost) throws InterruptedException {
        stopped = true;
        long end = System.nanoTime() + atMost.toNanos();
        for (Thread thread : threads) {
            thread.join(Math.max(1, (end - System.nanoTime()) / 1_000_000));
        }
        return threads.stream().noneMatch(Thread::isAlive);
    }

    long answered() {
        return answered.get();
    }

    /** Requests that a killed instance has not answered. */
    long cutOff() {
        return cutOff.get();
    }

    /** Requests that ended otherwise than they must. */
    List<String> faults() {
        return List.copyOf(faults);
    }

    private void ask(SplittableRandom random) {
        try {
            while (!stopped) {
                LoadedInstance instance =
                        instances.get(random.nextBoolean() ? favourite : random.nextInt(instances.length()));
                if (instance != null) {
                    ask(instance, 1 + random.nextInt(MOST_CALLS));
                }
                Thread.sleep(instance == null ? 10 : random.nextInt(mostPauseMillis + 1)); // what clients do
            }
        } catch (InterruptedException | RuntimeException e) {
            faults.add("a client has ended: " + e);
        }
    }

    private void ask(LoadedInstance instance, int calls) {
        try (Socket request = new Socket(InetAddress.getLoopbackAddress(), instance.port())) {
            new DataOutputStream(request.getOutputStream()).writeInt(calls);
            String answer = new DataInputStream(request.getInputStream()).readUTF();
            if (answer.equals(LoadedService.DONE)) {
                answered.incrementAndGet();
            } else {
                faults.add(instance.name() + " answered: " + answer);
            }
        } catch (IOException e) {
            if (instance.wasKilled()) {
                cutOff.incrementAndGet();
            } else {
                faults.add(instance.name() + " lives, and has not answered: " + e);
            }
        }
    }
}
