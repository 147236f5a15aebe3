package io.github.errgroup.spring.autoconfigure;

import reactor.core.scheduler.Schedulers;

/** Refuses to block a thread that Reactor says must not block, an event loop's for one. */
final class NonBlockingThreads implements Runnable {
    @Override
    public void run() {
        if (Schedulers.isInNonBlockingThread()) {
            throw new IllegalStateException(
                    "A group would block " + Thread.currentThread().getName()
                            + ", a Reactor thread that must not block, and every request that it serves. Open, use and await the"
                            + " group in Mono.fromCallable(() -> ...).subscribeOn(Schedulers.boundedElastic()), or in a"
                            + " controller method that Spring runs on a blocking executor");
        }
    }
}
