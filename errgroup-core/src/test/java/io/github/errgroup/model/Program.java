package io.github.errgroup.model;

import io.github.errgroup.model.Step.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Predicate;

/** A group and what is done with it. Made from a seed, and made smaller when it fails. */
record Program(Setting setting, List<Step> steps) {
    private static final int MAX_STEPS = 20;

    private static final Kind[] FREQUENT = {
        Kind.GO, Kind.GO_ELSEWHERE, Kind.TRY_GO, Kind.SPAWN, Kind.FINISH, Kind.FINISH, Kind.SET_LIMIT
    };

    static Program of(long seed) {
        Random random = new Random(seed);
        Place place = Place.ORDERLY.get(random.nextInt(Place.ORDERLY.size()));
        // What was dropped runs when somebody waits, in no order that the model knows: all alike then.
        boolean simple = place == Place.DROPPING;
        boolean cancelOnError = random.nextInt(3) > 0;
        Setting setting = new Setting(
                place,
                random.nextInt(3) == 0 ? -1 : random.nextInt(4),
                !place.isFaulty() && random.nextInt(3) == 0 ? 1 + random.nextInt(3) : -1,
                cancelOnError,
                cancelOnError && random.nextInt(3) == 0 ? 1 + random.nextInt(2) : 0,
                cancelOnError && !place.isFaulty() && random.nextInt(4) == 0 ? 1 + random.nextInt(3) : 0,
                !place.isFaulty() && random.nextBoolean(),
                random.nextInt(4) > 0,
                pick(random, Ending.values()));
        List<Step> steps = new ArrayList<>();
        int length = 1 + random.nextInt(MAX_STEPS);
        while (steps.size() < length) {
            Kind kind = random.nextInt(4) > 0 ? pick(random, FREQUENT) : pick(random, Kind.values());
            Behaviour behaviour = simple
                    ? Behaviour.SUCCEED
                    : random.nextBoolean() ? Behaviour.SUCCEED : pick(random, Behaviour.values());
            if (behaviour == Behaviour.NEST && setting.sharedLimit() >= 0) {
                behaviour = Behaviour.SPAWN;
            }
            if (behaviour == Behaviour.SPAWN && setting.enough() > 0) {
                behaviour = Behaviour.SUCCEED; // else the new task may have started, or not, when this one was enough
            }
            steps.add(new Step(kind, behaviour, kind == Kind.SET_LIMIT ? random.nextInt(6) - 1 : random.nextInt(5)));
        }
        return new Program(setting, List.copyOf(steps));
    }

    private static <T> T pick(Random random, T[] from) {
        return from[random.nextInt(from.length)];
    }

    /** The smallest program that can be had from this one by leaving out steps and still fails. */
    Program shrink(Predicate<Program> fails) {
        Program smallest = this;
        for (int at = 0; at < smallest.steps.size(); ) {
            List<Step> fewer = new ArrayList<>(smallest.steps);
            fewer.remove(at);
            Program smaller = new Program(setting, List.copyOf(fewer));
            if (fails.test(smaller)) {
                smallest = smaller;
                at = 0;
            } else {
                at++;
            }
        }
        return smallest;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(setting.toString());
        steps.forEach(step -> text.append("\n  ").append(step));
        return text.toString();
    }
}
