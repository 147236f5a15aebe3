package io.github.errgroup.benchmarks;

import io.github.errgroup.benchmarks.rivals.Feature;
import io.github.errgroup.benchmarks.rivals.Observed;
import io.github.errgroup.benchmarks.rivals.Rival;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;
import org.openjdk.jmh.infra.Blackhole;

/** What is timed over and over by {@link GroupBenchmark}. Every constant is one panel of the picture. */
public enum Scenario {
    /** The service developer's case: open a group, three tasks, await. */
    THREE_TASKS(
            "three-tasks",
            "open, 3 tasks, await",
            "A thread is started for each task and the caller is woken once. A pool whose threads are there "
                    + "already starts none, at the price that its tasks cannot be cancelled; it shows where the "
                    + "operating system has to switch to the caller anyway.",
            "group",
            3,
            3) {
        @Override
        Object run(Rival rival, Bench bench) throws Exception {
            rival.all(bench.tasks(), NOTHING);
            return rival;
        }
    },
    /** What a Boot application has: the same with meters and context. */
    THREE_TASKS_OBSERVED(
            "three-tasks-observed",
            "open, 3 tasks, await, with meters and context",
            Observed.WHY_NOT_FIRST,
            "group",
            3,
            3,
            Feature.OBSERVED) {
        @Override
        Object run(Rival rival, Bench bench) throws Exception {
            return observed(rival, bench.tasks());
        }
    },
    /** More tasks with meters and context. */
    HUNDRED_OBSERVED(
            "hundred-observed",
            "100 tasks with meters and context",
            Observed.WHY_NOT_FIRST,
            "task",
            100,
            1,
            Feature.OBSERVED) {
        @Override
        Object run(Rival rival, Bench bench) throws Exception {
            return observed(rival, bench.tasks());
        }
    },
    /** Many short tasks without a limit. */
    MANY(
            "ten-thousand",
            "10,000 tasks, no limit",
            "The common pool's threads are there already: a task costs it a place in a queue, and nothing is"
                    + " kept by which it could be interrupted.",
            "task",
            10_000,
            1) {
        @Override
        Object run(Rival rival, Bench bench) throws Exception {
            rival.all(bench.tasks(), NOTHING);
            return rival;
        }
    },
    /** Many short tasks below a limit; the submitter is blocked most of the time. */
    LIMITED(
            "limit-10",
            "100,000 tasks, limit 10",
            "Our caller is blocked while the limit is reached, and a platform thread's wake-ups go through "
                    + "the operating system. Those ahead hand over all tasks at once and wait a single time, with "
                    + "100,000 tasks in memory.",
            "task",
            100_000,
            1,
            Feature.LIMIT) {
        @Override
        Object run(Rival rival, Bench bench) throws Exception {
            rival.limited(bench.tasks(), LIMIT, NOTHING);
            return rival;
        }
    },
    /** Tasks that compute. */
    LIMITED_WORK(
            "limit-10-work",
            "10,000 tasks of 10 µs of work, limit 10",
            "A platform caller that is blocked in go is woken for its next task, and takes processor time "
                    + "from those who work. Those ahead hand over all tasks at once and wait a single time.",
            "task",
            10_000,
            1,
            Feature.LIMIT) {
        @Override
        Object run(Rival rival, Bench bench) throws Exception {
            long tokens = bench.tokensOfTenMicroseconds();
            rival.limited(bench.tasks(), LIMIT, () -> {
                Blackhole.consumeCPU(tokens);
                return true;
            });
            return rival;
        }
    },
    /** Tasks that block. */
    LIMITED_SLEEP(
            "limit-10-sleep",
            "2,000 tasks of 1 ms of sleep, limit 10",
            "A run is 200 sleeps in a row for everybody; what is left of a difference is the machine's.",
            "task",
            2_000,
            1,
            Feature.LIMIT,
            Feature.BLOCKING) {
        @Override
        Object run(Rival rival, Bench bench) throws Exception {
            rival.limited(bench.tasks(), LIMIT, () -> {
                Thread.sleep(1);
                return true;
            });
            return rival;
        }

        @Override
        int batch(int tasksOfRun, String caller) {
            return 1; // a run takes 200 ms
        }
    },
    /** A caller that is blocked at each task. */
    LIMIT_1(
            "limit-1",
            "20,000 tasks, limit 1",
            "A pool with a queue wakes a thread once for many tasks, since its caller is up to 100 tasks "
                    + "ahead; with our limit the caller is blocked until a slot is free (ADR 0006).",
            "task",
            20_000,
            1,
            Feature.SMALL_LIMIT) {
        @Override
        Object run(Rival rival, Bench bench) throws Exception {
            rival.limited(bench.tasks(), 1, NOTHING);
            return rival;
        }
    },
    /** As many as a small machine has processors. */
    LIMIT_2(
            "limit-2",
            "20,000 tasks, limit 2",
            "As with a limit of 1: a queue between caller and pool saves wake-ups, and lets the caller run "
                    + "ahead (ADR 0006).",
            "task",
            20_000,
            1,
            Feature.SMALL_LIMIT) {
        @Override
        Object run(Rival rival, Bench bench) throws Exception {
            rival.limited(bench.tasks(), 2, NOTHING);
            return rival;
        }
    },
    /** As many as a larger one has. */
    LIMIT_4(
            "limit-4",
            "20,000 tasks, limit 4",
            "As with a limit of 1: a queue between caller and pool saves wake-ups, and lets the caller run "
                    + "ahead (ADR 0006).",
            "task",
            20_000,
            1,
            Feature.SMALL_LIMIT) {
        @Override
        Object run(Rival rival, Bench bench) throws Exception {
            rival.limited(bench.tasks(), 4, NOTHING);
            return rival;
        }
    },
    /** The limit of the other scenarios, with the pools. */
    LIMIT_10(
            "limit-10-pools",
            "20,000 tasks, limit 10",
            "As with a limit of 1: a queue between caller and pool saves wake-ups, and lets the caller run "
                    + "ahead (ADR 0006).",
            "task",
            20_000,
            1,
            Feature.SMALL_LIMIT) {
        @Override
        Object run(Rival rival, Bench bench) throws Exception {
            rival.limited(bench.tasks(), LIMIT, NOTHING);
            return rival;
        }
    },
    /** A caller that is hardly ever blocked. */
    LIMIT_100(
            "limit-100",
            "20,000 tasks, limit 100",
            "A caller that is hardly ever blocked wakes few; a pool's threads are all there after the first "
                    + "hundred tasks, and a task of theirs is a place in a queue and no handle.",
            "task",
            20_000,
            1,
            Feature.SMALL_LIMIT) {
        @Override
        Object run(Rival rival, Bench bench) throws Exception {
            rival.limited(bench.tasks(), 100, NOTHING);
            return rival;
        }
    },
    /** A file of 100,000 lines, each split into its fields and summed up, by as many tasks as there are processors. */
    CSV(
            "csv",
            "100,000 lines of CSV, limit of processors",
            "Tasks of a microsecond below a limit as small as the processors: a queue between caller and "
                    + "pool saves the wake-ups, as with a limit of 1 (ADR 0006).",
            "task",
            100_000,
            1,
            Feature.SMALL_LIMIT) {
        @Override
        Object run(Rival rival, Bench bench) throws Exception {
            LongAdder sum = new LongAdder();
            rival.limited(bench.tasks(), Runtime.getRuntime().availableProcessors(), () -> {
                for (String field : LINE.split(",", -1)) {
                    sum.add(Long.parseLong(field));
                }
                return true;
            });
            return sum;
        }
    },
    /** A value of each item. */
    MAP(
            "map",
            "map of 10,000 values in order",
            "The common pool's threads are there already, as with 10,000 tasks; and each of our values has a"
                    + " handle of its own, in a list, before it is taken out into another.",
            "task",
            10_000,
            1,
            Feature.MAP) {
        @Override
        Object run(Rival rival, Bench bench) throws Exception {
            List<Integer> values = rival.map(bench.tasks(), index -> index);
            if (values.size() != bench.tasks()) {
                throw new IllegalStateException(rival.id() + ": " + values.size() + " values");
            }
            return values;
        }
    },
    /** Tasks that give way once. */
    YIELD(
            "yield",
            "10,000 tasks that yield once",
            "A yield costs the same for all; the rest is a thread for each task, or none where threads are "
                    + "reused.",
            "task",
            10_000,
            1,
            Feature.BLOCKING) {
        @Override
        Object run(Rival rival, Bench bench) throws Exception {
            rival.all(bench.tasks(), () -> {
                Thread.yield();
                return true;
            });
            return rival;
        }
    },
    /** Tasks that all block for a while. */
    SLEEP(
            "sleep",
            "10,000 tasks of 10 ms of sleep",
            "The JDK's timers and two switches a thread are nearly all of it, for everybody; the rest is a "
                    + "thread for each task, and its way in and out, which is shortest by hand.",
            "task",
            10_000,
            1,
            Feature.BLOCKING) {
        @Override
        Object run(Rival rival, Bench bench) throws Exception {
            rival.all(bench.tasks(), () -> {
                Thread.sleep(10);
                return true;
            });
            return rival;
        }
    },
    /** Several threads that submit to one group. */
    SUBMITTERS(
            "submitters",
            "8 threads call go on one group, 10,000 tasks",
            "Eight threads count their tasks in one word of the group; by hand there is a single latch, "
                    + "counted down.",
            "task",
            10_000,
            1,
            Feature.MANY_SUBMITTERS) {
        @Override
        Object run(Rival rival, Bench bench) throws Exception {
            rival.fromThreads(8, bench.tasks() / 8, NOTHING);
            return rival;
        }
    },
    /** Groups opened in tasks, three deep, three tasks each: 13 groups, 39 tasks. */
    NESTED(
            "nested",
            "groups three deep, 3 tasks each (13 groups)",
            "A group of ours in a task is that task's child: it is made known to it, cancelled with it and "
                    + "closed by it, and finds it by a look into a table. By hand a group knows nothing of the one "
                    + "above.",
            "tree",
            3,
            3,
            Feature.BLOCKING) {
        @Override
        Object run(Rival rival, Bench bench) throws Exception {
            int fan = bench.tasks();
            rival.all(fan, () -> {
                rival.all(fan, () -> {
                    rival.all(fan, NOTHING);
                    return true;
                });
                return true;
            });
            return rival;
        }
    },
    /** A handed-in pool. */
    POOL(
            "pool-4",
            "10,000 tasks on a pool of 4 platform threads",
            "Which task a thread of somebody else's pool runs stands in a table (ADR 0003), and each task is"
                    + " kept where a canceller or a compensating thread finds it. The pool alone, and those ahead, do "
                    + "neither, and wait for ever where the pool is starved.",
            "task",
            10_000,
            1,
            Feature.POOL) {
        @Override
        Object run(Rival rival, Bench bench) throws Exception {
            rival.onPool(bench.pool(), bench.tasks(), NOTHING);
            return rival;
        }

        /** Its threads share a processor with the compiler: for some seconds a task is half as dear again. */
        @Override
        int warmups(int usual) {
            return 3 * usual;
        }
    };

    /** The pools and groups of platform threads are measured nowhere else. */
    private static final Set<Feature> ONLY_SMALL_LIMITS = EnumSet.of(Feature.SMALL_LIMIT);

    /** The limit of the scenarios that have one. */
    static final int LIMIT = 10;

    /** A virtual caller costs a start and a wake-up, about 10 µs; these tasks cost about 3 ms. */
    private static final int TASKS_OF_BATCH = 30_000;

    private static final String LINE = "4711,17,2024,1250,3,99,100000,42";

    private static final Callable<Boolean> NOTHING = () -> true;

    private final String id;
    private final String title;
    private final String decides;
    private final String unit;
    private final int tasks;
    private final int tasksPerUnit;
    private final Set<Feature> needs;

    Scenario(String id, String title, String decides, String unit, int tasks, int tasksPerUnit, Feature... needs) {
        this.id = id;
        this.title = title;
        this.decides = decides;
        this.unit = unit;
        this.tasks = tasks;
        this.tasksPerUnit = tasksPerUnit;
        this.needs = needs.length == 0 ? EnumSet.noneOf(Feature.class) : EnumSet.of(needs[0], needs);
    }

    /** The caller's context is set anew, as for each request. */
    private static Object observed(Rival rival, int tasks) throws Exception {
        Observed.setContext();
        rival.observed(tasks, Observed::userIsCarried);
        return rival;
    }

    /**
     * Runs it once.
     *
     * @param rival who runs it
     * @param bench what the benchmark has at hand
     * @return something that depends on the work
     * @throws Exception what the rival threw
     */
    abstract Object run(Rival rival, Bench bench) throws Exception;

    /**
     * The name in results and on the command line.
     *
     * @return a few lower-case words joined by hyphens
     */
    public String id() {
        return id;
    }

    /**
     * The name in pictures and tables.
     *
     * @return a few words
     */
    public String title() {
        return title;
    }

    /**
     * What its time goes into, and by what others are ahead where they are. For the reader of a row where we are not first.
     *
     * @return one or two sentences
     */
    public String decides() {
        return decides;
    }

    /**
     * What a figure is per.
     *
     * @return group, task or tree
     */
    public String unit() {
        return unit;
    }

    /** How many iterations it takes to be warm, where most scenarios take the usual number. */
    int warmups(int usual) {
        return usual;
    }

    /**
     * How many tasks one run has, unless told otherwise.
     *
     * @return above 0
     */
    public int tasks() {
        return tasks;
    }

    /**
     * How many units one run has.
     *
     * @param tasksOfRun how many tasks the run had
     * @return what to divide a run's time and bytes by
     */
    public int units(int tasksOfRun) {
        return tasksOfRun / tasksPerUnit;
    }

    /**
     * How many runs in a row the same caller does.
     *
     * @param tasksOfRun how many tasks a run has
     * @param caller "virtual", which has to be started and waited for, or "platform"
     * @return so many that the start of a virtual caller is not seen in the figure
     */
    int batch(int tasksOfRun, String caller) {
        return caller.equals("virtual") ? Math.max(1, TASKS_OF_BATCH / tasksOfRun) : 1;
    }

    /**
     * Whether a rival can take part.
     *
     * @param rival the rival
     * @return true if it has every feature needed
     */
    public boolean suits(Rival rival) {
        return rival.features().containsAll(needs)
                && (needs.contains(Feature.SMALL_LIMIT) || !rival.features().equals(ONLY_SMALL_LIMITS));
    }

    /**
     * One of them.
     *
     * @param id its {@link #id()}
     * @return the scenario
     * @throws IllegalArgumentException if there is none of that id
     */
    public static Scenario named(String id) {
        return Stream.of(values())
                .filter(scenario -> scenario.id.equals(id))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("scenario '" + id + "': must be one of "
                        + Stream.of(values()).map(Scenario::id).toList()));
    }
}
