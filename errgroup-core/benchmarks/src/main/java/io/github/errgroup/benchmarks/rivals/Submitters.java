package io.github.errgroup.benchmarks.rivals;

import java.util.function.IntConsumer;

/** The threads that submit to one group at the same time; the same for every rival. */
final class Submitters {
    private Submitters() {}

    /**
     * Submits from several virtual threads, and returns when all of them are through.
     *
     * @param submitters how many threads
     * @param tasksEach how many tasks each submits
     * @param submit submits the task with a given index; called from those threads
     * @throws InterruptedException the caller was interrupted
     */
    static void run(int submitters, int tasksEach, IntConsumer submit) throws InterruptedException {
        Thread[] threads = new Thread[submitters];
        for (int s = 0; s < submitters; s++) {
            int from = s * tasksEach;
            threads[s] = Thread.startVirtualThread(() -> {
                for (int index = from; index < from + tasksEach; index++) {
                    submit.accept(index);
                }
            });
        }
        for (Thread thread : threads) {
            thread.join();
        }
    }
}
