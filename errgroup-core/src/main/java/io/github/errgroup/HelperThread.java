package io.github.errgroup;

/** Daemon threads for work that may run user code and must not hold up the caller. */
final class HelperThread {
    private HelperThread() {}

    /** Does the work in a thread of its own; if none can be had, in the caller after all, late being better than never. */
    static void start(String purpose, Runnable work) {
        try {
            Thread thread = new Thread(null, work, "errgroup-" + purpose, 0, false);
            thread.setDaemon(true);
            thread.start();
        } catch (Throwable e) {
            Log.warn(
                    "thread 'errgroup-" + purpose + "' could not be started; thread '"
                            + Thread.currentThread().getName() + "' does its work",
                    e);
            work.run(); // survivor: helper-cannot-start
        }
    }
}
