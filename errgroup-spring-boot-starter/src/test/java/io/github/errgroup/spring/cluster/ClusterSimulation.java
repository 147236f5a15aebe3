package io.github.errgroup.spring.cluster;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Many instances of one name in simulated time: each keeps a {@link ShareLease}, all ask {@link ScriptInMemory}. Every
 * instance wants a few tasks; a few hot ones want many, and which ones those are changes. Messages are lost, instances are
 * killed and started anew, clocks run at different speeds, all by one seed. Not thread-safe.
 */
final class ClusterSimulation {
    /** Milliseconds. A request arrives a step after it was sent, and its answer another step later. */
    static final int STEP = 10;

    /** Milliseconds after which a message is taken to be lost. */
    private static final int CLIENT_TIMEOUT = 1_000;

    /** Milliseconds that a task takes on average. */
    private static final int TASK = 200;

    /**
     * What is simulated.
     *
     * @param instances how many
     * @param limit the cluster limit
     * @param leaseMillis the length of a lease
     * @param cold how many tasks each instance wants to run at once
     * @param hot how many instances are hot
     * @param hotDemand how many tasks a hot one wants to run at once
     * @param moveMillis how often other instances become the hot ones
     * @param lost which part of the messages is lost
     * @param killMillis how often an instance is killed, and another one started; 0: never
     * @param redisRestarts when Redis is restarted empty, milliseconds from the start; 0: never
     */
    record Setting(
            int instances,
            int limit,
            int leaseMillis,
            int cold,
            int hot,
            int hotDemand,
            int moveMillis,
            double lost,
            int killMillis,
            int redisRestarts) {}

    /** A second of it, on average: what was wanted (at most the limit counts as usable), and what ran. */
    record Second(double demand, double running, long calls) {}

    /**
     * What was seen.
     *
     * @param seconds one after the other
     * @param mostRunning tasks that ran at once, at most
     * @param mostHeld tasks that ran or might have started without asking at once, at most
     * @param becameHot how many instances became hot: each is one of the following
     * @param untilShare how long hot instances took to have 95 % of their fair share, in milliseconds, sorted
     * @param killedWithout how many hot ones were killed before they had it
     * @param stillWithout how many hot ones did not have it when others became hot
     * @param withoutAtEnd how many hot ones did not have it when the simulation ended
     */
    record Result(
            List<Second> seconds,
            int mostRunning,
            int mostHeld,
            int becameHot,
            List<Integer> untilShare,
            int killedWithout,
            int stillWithout,
            int withoutAtEnd) {
        /** The part of the usable permits that nobody used. */
        double unused(int limit, int from, int to) {
            double usable = 0;
            double used = 0;
            for (Second second : seconds.subList(from, to)) {
                usable += Math.min(limit, second.demand());
                used += Math.min(limit, second.running());
            }
            return 1 - used / usable;
        }

        double callsPerSecond(int from, int to) {
            return seconds.subList(from, to).stream()
                    .mapToLong(Second::calls)
                    .average()
                    .orElse(0);
        }

        int untilShare(double quantile) {
            return untilShare.isEmpty() ? -1 : untilShare.get((int) Math.ceil(quantile * untilShare.size()) - 1);
        }
    }

    private final Setting setting;

    private final Random random;

    private final ScriptInMemory redis = new ScriptInMemory();

    private final long start = redis.now;

    private final Instance[] instances;

    private final List<Integer> untilShare = new ArrayList<>();

    private int becameHot;

    private int killedWithout;

    private int stillWithout;

    private int named;

    ClusterSimulation(Setting setting, long seed) {
        this.setting = setting;
        this.random = new Random(seed);
        this.instances = new Instance[setting.instances()];
        for (int i = 0; i < instances.length; i++) {
            instances[i] = new Instance(setting.cold());
        }
    }

    /** One instance, with the thread that keeps its lease, its tasks, and the message that is on its way. */
    private final class Instance {
        private final ShareLease lease;

        private final double speed = 0.99 + random.nextDouble() * 0.02;

        private int demand;

        private int running;

        private int allowed;

        private @Nullable LeaseRequest sent;

        private @Nullable LeaseReply reply;

        /** When the message arrives, or is given up. */
        private long arrives;

        private boolean answered;

        private boolean isLost;

        /** When it became hot; 0 if it has its share, or never was. */
        private long hotSince;

        Instance(int demand) {
            this.demand = demand;
            this.lease = new ShareLease(
                    "instance-" + named++,
                    setting.limit(),
                    Integer.MAX_VALUE,
                    0,
                    TimeUnit.MILLISECONDS.toNanos(setting.leaseMillis()));
        }

        private long nanos() {
            return (long) ((redis.now - start) * speed * 1_000_000);
        }

        private int waiting() {
            return Math.max(0, demand - running);
        }

        void step() {
            double ending = (double) running * STEP / TASK;
            running -= (int) ending + (random.nextDouble() < ending - (int) ending ? 1 : 0);
            receive();
            allowed = lease.allowed(nanos());
            running += Math.max(0, Math.min(allowed - running, waiting()));
            if (sent == null && lease.nanosUntilCall(nanos(), running, waiting()) == 0) {
                sent = lease.request(nanos(), running, waiting());
                answered = false;
                isLost = random.nextDouble() < setting.lost();
                arrives = redis.now + (isLost ? CLIENT_TIMEOUT : STEP);
            }
        }

        private void receive() {
            LeaseRequest request = sent;
            if (request == null || redis.now < arrives) {
                return;
            }
            if (isLost) {
                lease.failed(request, nanos());
                sent = null;
            } else if (!answered) {
                reply = redis.call(request);
                answered = true;
                isLost = random.nextDouble() < setting.lost();
                arrives = redis.now + (isLost ? CLIENT_TIMEOUT : STEP);
            } else {
                lease.granted(request, reply, nanos());
                sent = null;
            }
        }

        int held() {
            return Math.max(allowed, running);
        }
    }

    Result run(int seconds) {
        List<Second> all = new ArrayList<>();
        int mostRunning = 0;
        int mostHeld = 0;
        for (int second = 0; second < seconds; second++) {
            long calls = redis.calls;
            double demand = 0;
            double running = 0;
            for (int millis = 0; millis < 1_000; millis += STEP) {
                happen((int) (redis.now - start));
                int held = 0;
                int now = 0;
                for (Instance one : instances) {
                    one.step();
                    now += one.running;
                    held += one.held();
                    demand += one.demand;
                }
                running += now;
                mostRunning = Math.max(mostRunning, now);
                mostHeld = Math.max(mostHeld, held);
                watchTheHot();
                redis.now += STEP;
            }
            all.add(new Second(demand * STEP / 1_000, running * STEP / 1_000, redis.calls - calls));
        }
        untilShare.sort(null);
        return new Result(
                all, mostRunning, mostHeld, becameHot, untilShare, killedWithout, stillWithout, hotWithoutShare());
    }

    private void happen(int elapsed) {
        if (elapsed > setting.leaseMillis() && elapsed % setting.moveMillis() == 0) {
            move();
        }
        if (setting.killMillis() > 0 && elapsed % setting.killMillis() == 0) {
            int victim = random.nextInt(instances.length);
            killedWithout += instances[victim].hotSince > 0 ? 1 : 0;
            instances[victim] = new Instance(instances[victim].demand);
        }
        if (elapsed > 0 && elapsed == setting.redisRestarts()) {
            redis.restartEmpty();
        }
    }

    /** Others become hot. */
    private void move() {
        stillWithout += hotWithoutShare();
        for (Instance one : instances) {
            one.demand = setting.cold();
            one.hotSince = 0;
        }
        random.ints(0, instances.length).distinct().limit(setting.hot()).forEach(i -> {
            instances[i].demand = setting.hotDemand();
            instances[i].hotSince = redis.now;
            becameHot++;
        });
    }

    private int hotWithoutShare() {
        return (int) Arrays.stream(instances).filter(one -> one.hotSince > 0).count();
    }

    private void watchTheHot() {
        int level = -1;
        for (Instance one : instances) {
            if (one.hotSince > 0) {
                level = level < 0 ? fairLevel() : level;
                if (one.running >= 0.95 * Math.min(one.demand, level)) {
                    untilShare.add((int) (redis.now - one.hotSince));
                    one.hotSince = 0;
                }
            }
        }
    }

    /** How many everybody may have, at most what it wants, so that all together have the limit. */
    private int fairLevel() {
        int[] demands =
                Arrays.stream(instances).mapToInt(one -> one.demand).sorted().toArray();
        int left = setting.limit();
        for (int i = 0; i < demands.length; i++) {
            int level = left / (demands.length - i);
            if (demands[i] > level) {
                return level;
            }
            left -= demands[i];
        }
        return Integer.MAX_VALUE;
    }
}
