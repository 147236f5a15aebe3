package io.github.errgroup.spring.micrometer;

import io.github.errgroup.GroupClock;
import io.github.errgroup.Registration;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** Time that stands still until told to go on. */
public final class ManualClock implements GroupClock {
    private record Timer(long due, Runnable action) {}

    private final List<Timer> timers = new ArrayList<>();

    private long now = 1_000_000_000L;

    @Override
    public synchronized long nanoTime() {
        return now;
    }

    @Override
    public synchronized Registration schedule(Duration delay, Runnable action) {
        Timer timer = new Timer(now + delay.toNanos(), action);
        timers.add(timer);
        return () -> remove(timer);
    }

    private synchronized void remove(Timer timer) {
        timers.remove(timer);
    }

    /** Lets time pass and runs what is due, in the caller. */
    public void advance(Duration step) {
        due(step).forEach(Runnable::run);
    }

    /** How many timers are set. */
    public synchronized int pending() {
        return timers.size();
    }

    private synchronized List<Runnable> due(Duration step) {
        now += step.toNanos();
        List<Runnable> due = new ArrayList<>();
        for (Iterator<Timer> iterator = timers.iterator(); iterator.hasNext(); ) {
            Timer timer = iterator.next();
            if (timer.due() <= now) {
                iterator.remove();
                due.add(timer.action());
            }
        }
        return due;
    }
}
