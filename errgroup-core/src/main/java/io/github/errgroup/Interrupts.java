package io.github.errgroup;

/** Delivers interrupts to threads whose {@code interrupt()} may be anybody's code: it may throw, or block. */
final class Interrupts {
    private static final ClassValue<Boolean> OVERRIDDEN = new ClassValue<>() {
        @Override
        protected Boolean computeValue(Class<?> type) {
            try {
                Class<?> declaring = type.getMethod("interrupt").getDeclaringClass();
                return declaring.getModule() != Thread.class.getModule();
            } catch (NoSuchMethodException e) {
                throw new AssertionError(e);
            }
        }
    };

    private Interrupts() {}

    /** Whether the thread's {@code interrupt()} is user code. */
    static boolean isUserCode(Thread thread) {
        return OVERRIDDEN.get(thread.getClass());
    }

    /**
     * Interrupts the thread, then runs {@code delivered}. User code is run on a thread of its own, so that it can hold up
     * nobody.
     */
    static void deliver(Thread thread, Runnable delivered) {
        if (isUserCode(thread)) {
            HelperThread.start("interrupt", () -> interrupt(thread, delivered));
        } else {
            interrupt(thread, delivered);
        }
    }

    private static void interrupt(Thread thread, Runnable delivered) {
        try {
            thread.interrupt();
        } catch (Throwable e) {
            Log.warn("interrupting thread '" + thread.getName() + "' failed", e);
        } finally {
            delivered.run();
        }
    }
}
