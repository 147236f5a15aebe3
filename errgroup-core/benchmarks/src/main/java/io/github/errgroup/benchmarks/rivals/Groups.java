package io.github.errgroup.benchmarks.rivals;

import io.github.errgroup.ErrGroup;
import io.github.errgroup.ErrGroupOptions;
import io.github.errgroup.Subtask;
import io.github.errgroup.TaskThreads;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;

/**
 * Ours.
 *
 * @param id the name in results
 * @param title the name in pictures
 * @param options how groups are opened
 * @param features what it takes part in
 */
public record Groups(String id, String title, ErrGroupOptions options, Set<Feature> features) implements Rival {
    /**
     * Every task on a fresh thread, also below a limit.
     *
     * @return the rival
     */
    public static Groups freshThreads() {
        return new Groups(
                "errgroup-fresh",
                "ErrGroup, fresh threads",
                ErrGroupOptions.builder().reuseThreads(false).build(),
                EnumSet.allOf(Feature.class));
    }

    /**
     * Threads take the group's next task when they end one.
     *
     * @return the rival
     */
    public static Groups reusedThreads() {
        return new Groups(
                "errgroup-reuse",
                "ErrGroup, reuseThreads(true)",
                ErrGroupOptions.builder().reuseThreads(true).build(),
                EnumSet.allOf(Feature.class));
    }

    /**
     * Platform threads, reused below the limit.
     *
     * @return the rival
     */
    public static Groups platformThreads() {
        return new Groups(
                "errgroup-platform",
                "ErrGroup, platform threads",
                ErrGroupOptions.builder()
                        .threads(TaskThreads.platform("bench-"))
                        .build(),
                EnumSet.of(Feature.SMALL_LIMIT));
    }

    @Override
    public void all(int tasks, Callable<Boolean> task) throws Exception {
        run(options, tasks, task);
    }

    @Override
    public void limited(int tasks, int limit, Callable<Boolean> task) throws Exception {
        run(options.toBuilder().limit(limit).build(), tasks, task);
    }

    @Override
    public <T> List<T> map(int items, IndexedFunction<T> function) throws Exception {
        try (ErrGroup group = ErrGroup.open(options)) {
            List<Subtask<T>> subtasks = new ArrayList<>(items);
            for (int i = 0; i < items; i++) {
                int index = i;
                subtasks.add(group.go(() -> function.apply(index)));
            }
            group.await();
            List<T> values = new ArrayList<>(items);
            for (Subtask<T> subtask : subtasks) {
                values.add(subtask.get());
            }
            return values;
        }
    }

    @Override
    public void onPool(ExecutorService pool, int tasks, Callable<Boolean> task) throws Exception {
        run(options.toBuilder().executor(pool).build(), tasks, task);
    }

    @Override
    public void fromThreads(int submitters, int tasksEach, Callable<Boolean> task) throws Exception {
        try (ErrGroup group = ErrGroup.open(options)) {
            Submitters.run(submitters, tasksEach, index -> group.go(task));
            group.await();
        }
    }

    @Override
    public void observed(int tasks, Callable<Boolean> task) throws Exception {
        try (ErrGroup group = StarterGroups.open(id)) {
            for (int i = 0; i < tasks; i++) {
                group.go(task);
            }
            group.await();
        }
    }

    private static void run(ErrGroupOptions options, int tasks, Callable<Boolean> task) throws InterruptedException {
        try (ErrGroup group = ErrGroup.open(options)) {
            for (int i = 0; i < tasks; i++) {
                group.go(task);
            }
            group.await();
        }
    }
}
