package io.github.errgroup.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.github.errgroup.ErrGroup;
import io.github.errgroup.ErrGroupException;
import io.github.errgroup.ErrGroupOptions;
import io.github.errgroup.GroupSnapshot;
import io.github.errgroup.Outstanding;
import io.github.errgroup.Subtask;
import io.github.errgroup.TaskThreads;
import io.github.errgroup.ThrowingRunnable;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What every test of the contract stands on: it is run in each {@link Workplace}. After a test its groups are closed,
 * and three rules are checked on the side: the counts add up (J3), every task has ended (G2), and no interrupt flag was
 * left on a worker (J1).
 */
@ParameterizedClass(name = "{0}")
@MethodSource("io.github.errgroup.contract.Workplace#ofThisRun")
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
abstract class GroupContract {
    @Parameter
    Workplace workplace;

    private Site site;

    private LogTap log;

    private final Queue<ErrGroup> opened = new ConcurrentLinkedQueue<>();

    @BeforeEach
    void openTheSite() {
        assumeThat(workplace != Workplace.VIRTUAL_THREADS || TaskThreads.virtualThreadsSupported())
                .as("this JVM has virtual threads")
                .isTrue();
        log = new LogTap();
        site = workplace.open();
    }

    @AfterEach
    void J1_J3_G2_nothing_is_left_over() throws InterruptedException {
        if (site == null) {
            return; // not for this JVM
        }
        log.close();
        for (ErrGroup group : opened) {
            closeWhateverHappened(group);
            GroupSnapshot end = group.snapshot();
            assertThat(end.succeeded() + end.failed() + end.cancelled() + end.skipped())
                    .as("J3: the counts of %s add up", end)
                    .isEqualTo(end.submitted());
            assertThat(end.tasks()).as("G2: tasks after close").isEmpty();
        }
        site.leave();
        assertThat(site.flagsLeft()).as("J1: interrupt flags left on workers").isZero();
    }

    private static void closeWhateverHappened(ErrGroup group) {
        try {
            group.close();
        } catch (ErrGroupException | IllegalStateException | AssertionError e) {
            // what close() reports is the business of its own tests
        }
    }

    Site site() {
        return site;
    }

    /** What the engine logged in this test. */
    LogTap log() {
        return log;
    }

    /**
     * This workplace's options. Little patience with the executor where tasks are dropped, since tests wait for it;
     * elsewhere more than any test has, so that what passes there needed none.
     */
    ErrGroupOptions.Builder options() {
        Duration patience = workplace == Workplace.DROPS_EVERY_THIRD ? Duration.ofMillis(2) : Duration.ofMinutes(1);
        return site.furnish(ErrGroupOptions.builder().name("contract").starvationTimeout(patience));
    }

    ErrGroup open() {
        return open(unchanged -> {});
    }

    ErrGroup open(Consumer<ErrGroupOptions.Builder> changes) {
        ErrGroupOptions.Builder options = options();
        changes.accept(options);
        return track(ErrGroup.open(options.build()));
    }

    /** Has the group closed and its counts checked after the test. */
    ErrGroup track(ErrGroup group) {
        opened.add(group);
        return group;
    }

    /** So many rounds; a fifth of them where a task that is rejected is handed over again and again for half a second. */
    int rounds(int elsewhere) {
        return workplace == Workplace.REJECTS_EVERY_THIRD ? elsewhere / 5 : elsewhere;
    }

    /** For tests whose tasks block while the test goes on: not where the caller runs them. */
    void needsTasksAtOnce(int tasks) {
        assumeThat(workplace.tasksAtOnce()).as("tasks at once").isGreaterThanOrEqualTo(tasks);
    }

    /** For tests that need so many tasks accepted, all at once. */
    void needsTasksInARow(int tasks) {
        assumeThat(workplace.tasksInARow()).as("tasks in a row").isGreaterThanOrEqualTo(tasks);
    }

    /** Starts a task, and waits until it runs. */
    static Subtask<?> running(ErrGroup group, ThrowingRunnable body) throws InterruptedException {
        Gate running = new Gate();
        Subtask<?> task = group.go(() -> {
            running.open();
            body.run();
        });
        running.pass();
        return task;
    }

    /** Starts a task that runs until it is interrupted, and waits until it runs. */
    static Subtask<?> stuck(ErrGroup group) throws InterruptedException {
        return running(group, () -> new Gate().pass());
    }

    /** Waits until no task holds a slot or waits for one, without awaiting the group and without its clock. */
    static void untilLeft(ErrGroup group) {
        Threads.until(() -> Outstanding.of(group) == 0);
    }

    /** Waits until every task submitted so far has ended, without awaiting the group. */
    static void untilAllEnded(ErrGroup group) {
        Threads.until(() -> group.snapshot().pending() == 0);
    }
}
