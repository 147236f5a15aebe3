package io.github.errgroup;

/**
 * What a thread does before it parks. To be woken costs a platform thread 10 µs and more, and a virtual one about as much
 * as a task: what comes within that time is cheaper to wait for awake.
 *
 * <p>A virtual thread yields, which lets the tasks it waits for run on its carrier. A platform thread spins, and only where
 * another processor can run the tasks meanwhile; it does not yield, since that would queue it behind a carrier that has
 * work for milliseconds. Measured: {@code docs/adr/0002-hot-path.md}.
 */
final class ShortWait {
    private static final int YIELDS = 2;

    /** 5 to 10 µs, as the processor pauses. */
    private static final int SPINS = Runtime.getRuntime().availableProcessors() > 1 ? 200 : 0;

    private ShortWait() {}

    /** How often the current thread is to pause and look again, before it parks. */
    static int looks() {
        return VirtualThreads.isVirtual(Thread.currentThread()) ? YIELDS : SPINS;
    }

    static void pause() {
        if (VirtualThreads.isVirtual(Thread.currentThread())) {
            Thread.yield();
        } else {
            Thread.onSpinWait();
        }
    }
}
