package io.github.errgroup.contract;

import io.github.errgroup.GroupClock;
import io.github.errgroup.Registration;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** A clock moved by hand. It begins just below the overflow of nanoTime, since only differences mean anything. */
final class HandClock implements GroupClock {
    private static final class Alarm {
        private final long due;

        private final Runnable action;

        Alarm(long due, Runnable action) {
            this.due = due;
            this.action = action;
        }
    }

    private final List<Alarm> alarms = new ArrayList<>(); // guarded by itself

    private volatile long now = Long.MAX_VALUE - 1_000;

    @Override
    public long nanoTime() {
        return now;
    }

    @Override
    public Registration schedule(Duration delay, Runnable action) {
        Alarm alarm = new Alarm(now + delay.toNanos(), action);
        synchronized (alarms) {
            alarms.add(alarm);
        }
        if (delay.isZero() || delay.isNegative()) {
            advance(Duration.ZERO);
        }
        return () -> {
            synchronized (alarms) {
                alarms.remove(alarm);
            }
        };
    }

    /** Moves time, and runs what is due in this thread, as the shared timer would in its own. */
    void advance(Duration step) {
        List<Runnable> due = new ArrayList<>();
        synchronized (alarms) {
            now += step.toNanos();
            for (Iterator<Alarm> i = alarms.iterator(); i.hasNext(); ) {
                Alarm alarm = i.next();
                if (alarm.due - now <= 0) {
                    i.remove();
                    due.add(alarm.action);
                }
            }
        }
        due.forEach(Runnable::run);
    }

    /** How many actions wait for their time. */
    int pending() {
        synchronized (alarms) {
            return alarms.size();
        }
    }
}
