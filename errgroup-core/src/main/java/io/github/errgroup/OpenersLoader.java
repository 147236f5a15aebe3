package io.github.errgroup;

import org.jspecify.annotations.Nullable;

/**
 * The class loader of the thread that opened a group, for user code of the group that runs in a thread that is none of the
 * user's, or somebody else's (N15). In a Spring Boot jar the system class loader, which helper threads have, does not see
 * the application.
 */
final class OpenersLoader {
    private OpenersLoader() {}

    /** Runs user code in this thread with that class loader, and gives the thread its own back. */
    static void runWith(@Nullable ClassLoader loader, Runnable userCode) {
        Thread thread = Thread.currentThread();
        ClassLoader own = null;
        boolean changed = false;
        try {
            own = thread.getContextClassLoader();
            if (own != loader) {
                thread.setContextClassLoader(loader);
                changed = true;
            }
        } catch (Throwable e) { // a thread of a user's class may refuse; the code runs all the same
            Log.warn(
                    "thread '" + thread.getName()
                            + "' does not take the class loader of the thread that opened the group",
                    e);
        }
        try {
            userCode.run();
        } finally {
            if (changed) {
                giveBack(thread, own);
            }
        }
    }

    private static void giveBack(Thread thread, @Nullable ClassLoader own) {
        try {
            thread.setContextClassLoader(own);
        } catch (Throwable e) {
            Log.warn("thread '" + thread.getName() + "' does not take its own class loader back", e);
        }
    }
}
