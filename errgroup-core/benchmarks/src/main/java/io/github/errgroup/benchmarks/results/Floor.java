package io.github.errgroup.benchmarks.results;

import io.github.errgroup.benchmarks.results.Target.Kind;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Why a target is missed, where one is: what the time or the bytes go into, what was tried, and what can be reached. */
public enum Floor {
    /** Three tasks. */
    SMALL_GROUP(
            List.of("three-tasks"),
            Kind.TIME,
            "On fresh threads and one processor 71 % of the processor time are the JDK's (virtual threads: start, switch, the "
                    + "table of threads that a dump reads), 5 % the tasks and 24 % ours: a group, three submissions, the look "
                    + "for a group above, the wait.",
            "A virtual caller yields before it parks, what only some groups need is apart, what no other thread can write is "
                    + "written plainly (ADR 0002).",
            "1.05 to 1.10 on fresh threads: each task is counted in and out, and has a seat among the live ones and an entry "
                    + "in the table of threads, by which it is cancelled."),
    /** What they allocate. */
    SMALL_GROUP_BYTES(
            List.of("three-tasks"),
            Kind.BYTES,
            "On fresh threads 1,008 bytes are the JDK's three virtual threads, 288 ours: 48 a task, 96 the engine, 32 their "
                    + "seats, 16 the group. With reuse 136 are room around a cache line of the queue (ADR 0012).",
            "Fields that few groups or tasks use are in objects of their own, made when they are (ADR 0002).",
            "1,272 on fresh threads: a task of 40 bytes instead of 48, if its name, and its place among the live ones, were in "
                    + "a subclass."),
    /** With meters and context. */
    OBSERVED(
            List.of("three-tasks-observed", "hundred-observed"),
            Kind.TIME,
            "The same timers and the same snapshot of the context by hand and by us; but ours is taken in each call of go, "
                    + "since a caller may change its context in between.",
            "Meters are held in fields, not looked up; what the starter adds to the context is an array, and no second "
                    + "snapshot: 130 ns a task less.",
            "1.10 for three tasks on fresh threads. It takes some seconds until the code is compiled."),
    /** Many tasks, without a limit or below one. */
    MANY(
            List.of("ten-thousand", "limit-10", "limit-10-work", "map", "yield", "submitters"),
            Kind.TIME,
            "On fresh threads and one processor 72 % of the processor time are the JDK's, 8 % the tasks and 20 % ours, in "
                    + "parts of 1 to 5 %: the submission, the seat among the live tasks, the table of threads; with eight "
                    + "submitters the same. On both, with reuse, 86 % are ours: 19 the queue between the caller and the "
                    + "workers, 19 the group's word, in which the one counts the tasks in and the others out, 15 a worker's "
                    + "first look at a task that another processor has made.",
            "What submitters write of the queue has a cache line of its own: from 145 to 88 ns on both processors (ADR 0012); "
                    + "the word on its own line, and ended tasks taken off it in batches, 10 ns each, at the price of bytes in "
                    + "every group and of a count that is not exact. Seats without a CAS (10 ns, at the price of a race), a worker per "
                    + "batch (a worker about to end could not take its task any more): ADR 0002.",
            "1.10 on fresh and 0.25 on reused threads, where a task by hand takes 170 ns on one processor. Where it takes 100, "
                    + "the same steps are a larger part of it. On both processors JVMs fall into modes: by hand from 113 to 585 "
                    + "ns a task, ours on fresh threads from 274 to 483, with reuse from 93 to 161, and from 85 to 96 on a "
                    + "quieter day. So 0.5 with reuse, and 0.4 with both of what is not done."),
    /** Many tasks that sleep. */
    SLEEP(
            List.of("sleep"),
            Kind.TIME,
            "79 % of the processor time are the JDK's (timers, switches), 18 % on fresh and 19 % on reused threads ours. On "
                    + "fresh threads 12 of these are the table of threads: 10,000 sleeping threads have a row each, which is in "
                    + "no cache when its thread wakes. By hand it is in an array, which it does not touch unless it "
                    + "fails.",
            "As for a cancellation (ADR 0011): a thread looks at its own places in the table before it asks others' entries.",
            "1.15: under the profiler a run took 22 ms on fresh and on reused threads, and 19 by hand. Rounds gave 1.11, 1.39 "
                    + "and 1.40 on fresh threads."),
    /** A failure among many blocked tasks. */
    CANCEL(
            List.of("cancel", "cancel-sleeping"),
            Kind.TIME,
            "With sleeping tasks 81 % of the processor time are the JDK's (switches, timers, making exceptions), 18 % ours: 9 "
                    + "% the table of threads, a row of which is in no cache with 10,000 threads in it, the rest in parts of "
                    + "up to 3 %.",
            "A thread looks at its own places in the table before it asks others' entries, which are cache misses. The call of "
                    + "the body is compiled into what is below it, so an interrupt's exception is unwound through no frame of "
                    + "ours (ADR 0011).",
            "1.2 to 1.3. JVMs differ by more: of three with sleeping tasks on fresh threads the quickest took 25 ms and the "
                    + "slowest 43, by hand 20 to 33."),
    /** A pool that was handed in. */
    POOL(
            List.of("pool-4"),
            Kind.TIME,
            "By hand a task is a place in a queue: 35 ns on one processor. Ours costs 50 to 60 ns more, in small parts (ADR "
                    + "0003): which thread of the pool it is 13 % of the samples, the seat among the live tasks 6 %, the claim "
                    + "5 %, the count of the group's tasks 4 % (16 % on both processors, where the caller and the pool's "
                    + "threads change it at once).",
            "No clock is read (3.3 to 2.1 of by hand); the command is marked by a plain store; the pool's threads found in an "
                    + "array before the map: 3 %, which is within the noise, so not kept.",
            "About 2 on one processor: count, seat, claim, entry in the table and count again are an atomic step each, of "
                    + "about 5 ns (ADR 0002), and 1.5 would leave 18 ns for all of ours. JVMs took 87 to 108 ns, by hand 35 to 48."),
    /** A million tasks. */
    MILLION(
            List.of("million-blocked"),
            Kind.WORST_TIME,
            "It runs once in a JVM, so the way out of a task runs while it is being compiled, for a million tasks at once, "
                    + "and ours is longer than by hand.",
            "Five frames more by hand cost nothing, so it is not the frames; what a worker does after a task was compiled as "
                    + "a trap, and is a method of its own now: 11.0 to 6.5 s for 300,000 tasks (ADR 0002).",
            "1.5 in the worst of three rounds. On both processors by hand takes 5.1 to 7.1 s; two rounds of ours took 6.2 "
                    + "to 7.0, and the first 9.4 on fresh and 11.2 on reused threads."),
    /** Groups in groups. */
    NESTED(
            List.of("nested"),
            Kind.TIME,
            "On fresh threads and one processor 75 % of the processor time are the JDK's (virtual threads: start, switch, the "
                    + "table of threads that a dump reads), 24 % ours in parts of up to 2 %: the submission, the choice of "
                    + "threads, the call of the body, the look for the task above, by which a group is cancelled with it. By "
                    + "hand a group knows nothing of the one above.",
            "The groups of a task are linked through themselves, without nodes or a set; a wait inside a task makes no lists, "
                    + "unless it gives a shared slot back (1 kB a tree), and is compiled into the method that waits, so that a "
                    + "virtual thread that yields there copies one frame less (ADR 0011).",
            "1.2 to 1.3: the JDK's part alone is what by hand costs, and of ours a half could go at most. Rounds gave 1.18 to "
                    + "1.38."),
    /** Small limits on platform threads. */
    SMALL_LIMIT(
            List.of("limit-1", "limit-2", "limit-4", "limit-10-pools", "limit-100", "csv"),
            Kind.TIME,
            "Wake-ups of platform threads by the operating system, beside which a task of nothing is nothing (ADR 0006).",
            "A free slot goes to the blocked caller's task, and the thread that frees it goes on with that; workers linger; "
                    + "spinning before a worker parks was twice as slow (ADR 0006).",
            "Level with a semaphore before a pool: at a limit of 4 JVMs gave 0.89 and 1.23 of it. A queue lets the "
                    + "caller run ahead of the limit by its length, and wakes a thread once for many tasks; a limit that blocks "
                    + "its caller cannot.");

    private final List<String> scenarios;
    private final Kind kind;
    private final String profile;
    private final String tried;
    private final String reachable;

    Floor(List<String> scenarios, Kind kind, String profile, String tried, String reachable) {
        this.scenarios = scenarios;
        this.kind = kind;
        this.profile = profile;
        this.tried = tried;
        this.reachable = reachable;
    }

    /**
     * What is known of a target.
     *
     * @param target one that is missed
     * @return its floor; empty for a target that was never missed before
     */
    public static Optional<Floor> of(Target target) {
        return Stream.of(values())
                .filter(floor -> floor.scenarios.contains(target.scenario()) && floor.kind == target.kind())
                .findFirst();
    }

    /**
     * What the time or the bytes go into.
     *
     * @return a sentence or two
     */
    public String profile() {
        return profile;
    }

    /**
     * What was tried to bring it down.
     *
     * @return a sentence or two
     */
    public String tried() {
        return tried;
    }

    /**
     * What we believe can be reached.
     *
     * @return a sentence or two
     */
    public String reachable() {
        return reachable;
    }
}
