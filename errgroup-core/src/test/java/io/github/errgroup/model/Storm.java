package io.github.errgroup.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/**
 * A group, and several threads that use it at once. The first of them, the conductor, never blocks: it alone changes
 * limits, and opens the gate in the end, at which tasks linger. Made from a seed, and made smaller when it fails.
 *
 * @param setting the group; its {@code ending} tells what the owner does meanwhile or afterwards
 * @param nestedLimit of the groups that tasks open, which share the shared limit; -1 for none
 * @param listened whether a listener counts what it is told
 * @param actors what each thread does
 */
record Storm(Setting setting, int nestedLimit, boolean listened, List<List<Act>> actors) {
    private static final int MAX_ACTORS = 3;

    private static final int MAX_ACTS = 6;

    private static final Kind[] OF_CONDUCTOR = {
        Kind.TRY_GO, Kind.TRY_GO, Kind.TRY_GO, Kind.SET_LIMIT, Kind.SET_LIMIT, Kind.SET_SHARED_LIMIT, Kind.LOOK
    };

    private static final Kind[] OF_OTHERS = {Kind.GO, Kind.GO, Kind.GO, Kind.GO, Kind.TRY_GO, Kind.LOOK, Kind.AWAIT};

    /** What a task does. */
    enum Body {
        SUCCEED,
        /** Takes a while, and looks whether it is cancelled. */
        COMPUTE,
        /** Waits for the gate, and ends when it is interrupted. */
        LINGER,
        /** Waits for the gate, whatever happens. */
        IGNORE_INTERRUPTS,
        THROW,
        THROW_ERROR,
        /** Submits tasks to its own group. */
        SPAWN,
        /** Opens a group that shares the shared limit, submits to it and awaits it. */
        NEST,
        /** Opens such a group, submits to it, and leaves it open. */
        LEAVE_OPEN,
        INTERRUPT_ITSELF,
        CANCEL;

        private static final List<Body> HARMLESS = List.of(SUCCEED, COMPUTE, SPAWN, NEST, INTERRUPT_ITSELF);
    }

    enum Kind {
        GO,
        TRY_GO,
        /** Awaits the group while others use it. */
        AWAIT,
        SET_LIMIT,
        SET_SHARED_LIMIT,
        /** Takes a snapshot. */
        LOOK,
        CANCEL,
        /** The deadline passes. */
        EXPIRE,
        /** Interrupts the owner, who may wait. */
        INTERRUPT_OWNER
    }

    /**
     * @param body of the task, if it submits one
     * @param number the new limit; or how many tasks a task submits
     */
    record Act(Kind kind, Body body, int number) {
        @Override
        public String toString() {
            return switch (kind) {
                case GO, TRY_GO -> kind + " " + body + " " + number;
                case SET_LIMIT, SET_SHARED_LIMIT -> kind + " " + number;
                case AWAIT, LOOK, CANCEL, EXPIRE, INTERRUPT_OWNER -> kind.toString();
            };
        }
    }

    static Storm of(long seed) {
        Random random = new Random(~seed);
        Place place = pick(random, Place.values());
        Setting setting = new Setting(
                place,
                random.nextInt(4) == 0 ? -1 : random.nextInt(4),
                random.nextBoolean() ? -1 : 1 + random.nextInt(3),
                random.nextBoolean(),
                0,
                0,
                false,
                random.nextInt(4) > 0,
                pick(random, Ending.values()));
        // Half of the storms go on to the end: there slots are counted.
        boolean harmless = random.nextBoolean();
        int nestedLimit = random.nextBoolean() ? -1 : 1 + random.nextInt(2);
        boolean listened = random.nextBoolean();
        List<List<Act>> actors = new ArrayList<>();
        int number = 2 + random.nextInt(MAX_ACTORS - 1);
        for (int actor = 0; actor < number; actor++) {
            List<Act> acts = new ArrayList<>();
            int length = 1 + random.nextInt(MAX_ACTS);
            for (int i = 0; i < length; i++) {
                acts.add(act(random, place, harmless, actor == 0));
            }
            actors.add(List.copyOf(acts));
        }
        return new Storm(setting, nestedLimit, listened, List.copyOf(actors));
    }

    private static Act act(Random random, Place place, boolean harmless, boolean conductor) {
        Kind kind = pick(random, conductor ? OF_CONDUCTOR : OF_OTHERS);
        Body body = harmless
                ? Body.HARMLESS.get(random.nextInt(Body.HARMLESS.size()))
                : random.nextInt(3) == 0 ? Body.SUCCEED : pick(random, Body.values());
        if (!harmless && random.nextInt(10) == 0) {
            kind = pick(random, new Kind[] {Kind.CANCEL, Kind.EXPIRE, Kind.INTERRUPT_OWNER});
        }
        boolean waitsForGate = body == Body.LINGER || body == Body.IGNORE_INTERRUPTS;
        if (place == Place.CALLER && waitsForGate) {
            body = Body.COMPUTE; // the conductor might run it, and then nobody would open the gate
        }
        return new Act(kind, body, random.nextInt(5) - 1);
    }

    private static <T> T pick(Random random, T[] from) {
        return from[random.nextInt(from.length)];
    }

    /** The smallest storm that can be had from this one by leaving out acts and still fails. */
    Storm shrink(Predicate<Storm> fails) {
        Storm smallest = this;
        for (int at = 0; at < smallest.size(); ) {
            Storm smaller = smallest.without(at);
            if (fails.test(smaller)) {
                smallest = smaller;
            } else {
                at++;
            }
        }
        return smallest;
    }

    private int size() {
        return actors.stream().mapToInt(List::size).sum();
    }

    private Storm without(int index) {
        int[] left = {index};
        List<List<Act>> fewer = actors.stream()
                .map(acts -> IntStream.range(0, acts.size())
                        .filter(i -> left[0]-- != 0)
                        .mapToObj(acts::get)
                        .toList())
                .toList();
        return new Storm(setting, nestedLimit, listened, fewer);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(setting + ", nested limit " + nestedLimit);
        text.append(listened ? ", listened to" : "");
        for (int i = 0; i < actors.size(); i++) {
            text.append(i == 0 ? "\n  conductor: " : "\n  thread " + i + ": ").append(actors.get(i));
        }
        return text.toString();
    }
}
