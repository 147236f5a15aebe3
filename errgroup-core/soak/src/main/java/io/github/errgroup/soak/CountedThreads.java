package io.github.errgroup.soak;

import io.github.errgroup.TaskThreads;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/** Makes virtual threads where there are any, and counts those that run: no tool lists virtual threads. */
final class CountedThreads implements ThreadFactory {
    private final ThreadFactory factory = TaskThreads.virtualThreadsSupported() ? virtual() : CountedThreads::platform;

    private final AtomicInteger alive = new AtomicInteger();

    @Override
    public Thread newThread(Runnable body) {
        return factory.newThread(() -> {
            alive.incrementAndGet();
            try {
                body.run();
            } finally {
                alive.decrementAndGet();
            }
        });
    }

    int alive() {
        return alive.get();
    }

    private static Thread platform(Runnable body) {
        Thread thread = new Thread(null, body, "errgroup-counted");
        thread.setDaemon(true);
        return thread;
    }

    /** {@code Thread.ofVirtual().factory()}, compiled for Java 17. */
    private static ThreadFactory virtual() {
        try {
            Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
            return (ThreadFactory) Class.forName("java.lang.Thread$Builder")
                    .getMethod("factory")
                    .invoke(builder);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("Thread.ofVirtual() is not as Java 21 specifies it", e);
        }
    }
}
