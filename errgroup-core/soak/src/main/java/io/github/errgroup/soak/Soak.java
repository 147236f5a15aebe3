package io.github.errgroup.soak;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * Mixed load for minutes, on the engine with the starter's meters and context on: {@code errgroup-core/soak/run 10}.
 * Prints a line a minute; ends with 0 if every invariant held, 1 if one broke or the load was not the mix it must be, 3 if
 * something hung.
 *
 * <p>The faults that were planted in the engine by hand, and what the soak said of each, stand in
 * {@code errgroup-core/docs/reference/reliability.md}.
 */
public final class Soak {
    private static final int OWNERS = 12;

    /** A minute may be shortened to try something out. */
    private static final long MINUTE_SECONDS = Long.getLong("soak.minute.seconds", 60);

    private final int minutes;

    private final World world;

    private final List<Standing> standing;

    /** Owners hold the one side, who stops them the other. Fair, so that they stop at the end of their groups. */
    private final ReadWriteLock gate = new ReentrantReadWriteLock(true);

    private final List<Owner> owners = new ArrayList<>();

    private final List<Thread> threads = new ArrayList<>();

    private final Activity activity = new Activity();

    private final Flatness flatness;

    private Soak(int minutes, long seed) {
        this.minutes = minutes;
        this.world = new World(seed);
        this.flatness = new Flatness(minutes);
        this.standing = List.of(
                new Standing(world, Place.AUTOMATIC, null),
                new Standing(world, Place.PLATFORM, false),
                new Standing(world, Place.FACTORY, true),
                new Standing(world, Place.POOL_OF_FOUR, null));
    }

    /**
     * Runs it.
     *
     * @param arguments the minutes, above zero, and optionally a seed
     */
    public static void main(String[] arguments) throws InterruptedException {
        int minutes = Integer.parseInt(arguments[0]);
        if (minutes < 1) {
            throw new IllegalArgumentException("minutes " + minutes + ": must be above zero");
        }
        long seed = arguments.length > 1 ? Long.parseLong(arguments[1]) : System.nanoTime();
        boolean held = new Soak(minutes, seed).run();
        System.exit(held ? 0 : 1);
    }

    private boolean run() throws InterruptedException {
        System.out.printf(
                Locale.ROOT,
                "soak: %d minutes of %d s, seed %d, Java %s, %d processors, %d owners%n",
                minutes,
                MINUTE_SECONDS,
                world.seed(),
                Runtime.version(),
                Runtime.getRuntime().availableProcessors(),
                OWNERS);
        EngineLog.listen(world);
        QuietPoint quiet = new QuietPoint(world, standing, activity);
        Watchdog watchdog = start();
        System.out.println(Minute.header());
        long start = System.nanoTime();
        for (int minute = 1; minute <= minutes; minute++) {
            TimeUnit.NANOSECONDS.sleep(start + TimeUnit.SECONDS.toNanos(minute * MINUTE_SECONDS) - System.nanoTime());
            minute(minute, quiet);
        }
        end(quiet);
        watchdog.close();
        return report();
    }

    private Watchdog start() {
        List<Activity> watched = new ArrayList<>(List.of(activity));
        for (int i = 0; i < OWNERS; i++) {
            Owner owner = new Owner(world, i, standing, gate.readLock());
            Thread thread = new Thread(null, owner, "soak-owner-" + i);
            thread.setDaemon(true);
            owners.add(owner);
            threads.add(thread);
            watched.add(owner.activity());
        }
        Watchdog watchdog = new Watchdog(world, watched, Duration.ofSeconds(Long.getLong("soak.hang.seconds", 60)));
        threads.forEach(Thread::start);
        return watchdog;
    }

    private void minute(int number, QuietPoint quiet) throws InterruptedException {
        activity.begins("stopping the load");
        gate.writeLock().lock();
        try {
            Minute minute = quiet.check(number);
            System.out.println(minute);
            for (String broken : flatness.add(minute)) {
                world.violations().broken(broken, "minute " + number);
            }
        } finally {
            gate.writeLock().unlock();
        }
    }

    /** No more load: what lives long ends too. */
    private void end(QuietPoint quiet) throws InterruptedException {
        activity.begins("ending the load");
        owners.forEach(Owner::end);
        for (Thread thread : threads) {
            thread.join();
        }
        for (Standing group : standing) {
            activity.begins("closing " + group.ledger().title());
            group.settle();
            group.close();
        }
        quiet.last();
        activity.ends();
        world.close();
    }

    private boolean report() {
        Totals totals = world.totals();
        Shares shares = new Shares(totals);
        shares.print();
        System.out.printf(
                Locale.ROOT,
                "in all: %,d tasks (%,d succeeded, %,d failed, %,d cancelled, %,d skipped, %,d rejected), %,d groups, %,d cancellations%n",
                totals.submitted.sum(),
                totals.succeeded.sum(),
                totals.failed.sum(),
                totals.cancelled.sum(),
                totals.skipped.sum(),
                totals.rejected.sum(),
                totals.groups.sum(),
                totals.cancellations());
        System.out.printf(
                Locale.ROOT,
                "run by compensating threads: %,d tasks%n",
                new MeterCheck(world, List.of()).compensated());
        System.out.println(
                minutes > flatness.settling()
                        ? "heap and threads were held against the first " + flatness.settling() + " minutes"
                        : "heap and threads were not judged: that takes two minutes");
        for (String lack : shares.lacking()) {
            world.violations().broken("the load is the mix it must be", lack);
        }
        long broken = world.violations().count();
        System.out.println(broken == 0 ? "every invariant held" : broken + " BROKEN");
        return broken == 0;
    }
}
