package io.github.errgroup.soak;

import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.locks.Lock;

/** A thread that opens groups, one after the other, until it is told to end. */
final class Owner implements Runnable {
    private final World world;

    private final int number;

    private final List<Standing> standing;

    /** Held during each group; whoever takes the lock's other side stops the load. */
    private final Lock gate;

    private final Activity activity = new Activity();

    /** Written by the main thread. */
    private volatile boolean over;

    Owner(World world, int number, List<Standing> standing, Lock gate) {
        this.world = world;
        this.number = number;
        this.standing = standing;
        this.gate = gate;
    }

    Activity activity() {
        return activity;
    }

    void end() {
        over = true;
    }

    @Override
    public void run() {
        for (long episode = 0; !over; episode++) {
            gate.lock();
            try {
                if (!over) {
                    one(episode);
                }
            } catch (Throwable e) {
                world.violations().broken("an owner sees nothing but verdicts", title(episode), e);
            } finally {
                activity.ends();
                gate.unlock();
            }
        }
    }

    /** Drawn from seed, owner and number alone, so that it can be drawn again. */
    private void one(long episode) {
        SplittableRandom random = new SplittableRandom(world.seed() + (((long) number) << 40) + episode);
        Mix mix = new Mix(random, world.places(), world.shared().size());
        if (mix.chance(20)) {
            Standing group = standing.get(random.nextInt(standing.size()));
            activity.begins(title(episode) + " in " + group.ledger().title());
            group.burst(mix);
        } else {
            Plan plan = mix.root();
            activity.begins(plan);
            new Episode(world, title(episode), plan, null).run();
        }
    }

    private String title(long episode) {
        return "owner " + number + ", episode " + episode;
    }
}
