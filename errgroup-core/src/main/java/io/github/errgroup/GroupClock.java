package io.github.errgroup;

import java.time.Duration;

/**
 * Time for deadlines, ages and graces: a source of nanoseconds and a timer. Implement it in tests to move time by
 * hand.
 */
public interface GroupClock {
    /**
     * The time now, as {@link System#nanoTime()}: only differences mean anything.
     *
     * @return nanoseconds from an arbitrary origin
     */
    long nanoTime();

    /**
     * Runs an action once, after a delay. The action is short, and runs no user code. It may schedule another one, and asks
     * {@link #nanoTime} itself whether the delay has passed.
     *
     * @param delay how long from now; zero or less means as soon as possible
     * @param action what to run
     * @return closing it takes the action back; no effect if it runs or ran
     */
    Registration schedule(Duration delay, Runnable action);

    /**
     * {@link System#nanoTime()} and the shared timer: one daemon thread for all groups, which starts with the first deadline
     * and ends when nothing is left to wait for.
     *
     * @return the system's clock, always the same instance
     */
    static GroupClock system() {
        return SystemClock.INSTANCE;
    }
}
