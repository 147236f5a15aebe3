package io.github.errgroup.spring.actuate.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.errgroup.ErrGroup;
import io.github.errgroup.ErrGroupOptions;
import io.github.errgroup.GroupSnapshot;
import io.github.errgroup.TaskThreads;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class TaskStacksTest {
    private final CountDownLatch end = new CountDownLatch(1);

    @Test
    void a_running_task_shows_where_it_is_blocked() throws InterruptedException {
        CountDownLatch running = new CountDownLatch(1);
        try (ErrGroup group = ErrGroup.open(options())) {
            group.go("waits", () -> blockHere(running));
            running.await();

            TaskReport report = reportOnceBlocked(group);

            assertThat(report.name()).isEqualTo("waits");
            assertThat(report.threadState()).isEqualTo(Thread.State.WAITING);
            assertThat(report.thread()).isNotBlank();
            assertThat(report.stack())
                    .anyMatch(
                            frame -> frame.startsWith(
                                    "io.github.errgroup.spring.actuate.endpoint.TaskStacksTest.blockHere(TaskStacksTest.java:"));
            assertThat(report.at())
                    .as("below the JDK's frames")
                    .startsWith(
                            "io.github.errgroup.spring.actuate.endpoint.TaskStacksTest.blockHere(TaskStacksTest.java:");
            end.countDown();
            group.await();
        }
    }

    @Test
    void of_a_task_that_waits_for_a_group_of_its_own_it_shows_the_users_line() throws InterruptedException {
        CountDownLatch running = new CountDownLatch(1);
        try (ErrGroup group = ErrGroup.open(options())) {
            group.go(() -> awaitChildHere(running));
            running.await();

            TaskReport report = reportOnceBlocked(group);

            assertThat(report.at())
                    .as("below the engine's frames")
                    .startsWith(
                            "io.github.errgroup.spring.actuate.endpoint.TaskStacksTest.awaitChildHere(TaskStacksTest.java:");
            end.countDown();
            group.await();
        }
    }

    private void awaitChildHere(CountDownLatch running) throws InterruptedException {
        try (ErrGroup child = ErrGroup.open(options())) {
            child.go(() -> blockHere(running));
            child.await();
        }
    }

    /**
     * The interleaving: somebody looks at a task, the task ends, its worker takes the next one, and only then the stack
     * of the worker is taken.
     */
    @Test
    void the_stack_of_a_worker_that_went_on_to_the_next_task_is_not_shown_for_the_last_one()
            throws InterruptedException {
        CountDownLatch firstRuns = new CountDownLatch(1);
        CountDownLatch firstMayEnd = new CountDownLatch(1);
        CountDownLatch secondRuns = new CountDownLatch(1);
        try (ErrGroup group =
                ErrGroup.open(options().toBuilder().limit(1).reuseThreads(true).build())) {
            group.go("outer", () -> {
                group.go("second", () -> blockHere(secondRuns));
                firstRuns.countDown();
                firstMayEnd.await();
            });
            firstRuns.await();
            GroupSnapshot whileFirstRan = group.snapshot();
            Thread worker = whileFirstRan.tasks().get(0).thread();
            firstMayEnd.countDown();
            secondRuns.await();
            assertThat(group.snapshot().tasks().get(0).thread()).isSameAs(worker);

            List<TaskReport> reports = new TaskStacks(100).reportsOf(group, whileFirstRan);

            assertThat(reports.get(0).name()).isEqualTo("outer");
            assertThat(reports.get(0).stack()).isNull();
            assertThat(reports.get(0).threadState()).isNull();
            end.countDown();
            group.await();
        }
    }

    @Test
    void no_more_stacks_are_taken_than_asked_for() throws InterruptedException {
        CountDownLatch running = new CountDownLatch(5);
        try (ErrGroup group = ErrGroup.open(options())) {
            for (int i = 0; i < 5; i++) {
                group.go(() -> blockHere(running));
            }
            running.await();

            List<TaskReport> reports = new TaskStacks(3).reportsOf(group, group.snapshot());

            assertThat(reports).hasSize(5);
            assertThat(reports).filteredOn(report -> report.stack() != null).hasSize(3);
            end.countDown();
            group.await();
        }
    }

    @Test
    void a_task_that_has_not_started_has_neither_thread_nor_age_nor_stack() throws InterruptedException {
        CountDownLatch running = new CountDownLatch(1);
        try (ErrGroup group = ErrGroup.open(options().toBuilder().limit(1).build())) {
            group.go(() -> {
                group.go("queued", () -> 1);
                blockHere(running);
            });
            running.await();

            List<TaskReport> reports = new TaskStacks(100).reportsOf(group, group.snapshot());

            assertThat(reports)
                    .filteredOn(report -> report.name().equals("queued"))
                    .singleElement()
                    .satisfies(queued -> {
                        assertThat(queued.age()).isNull();
                        assertThat(queued.thread()).isNull();
                        assertThat(queued.stack()).isNull();
                    });
            end.countDown();
            group.await();
        }
    }

    private static ErrGroupOptions options() {
        return ErrGroupOptions.builder()
                .name("quote")
                .threads(TaskThreads.platform("errgroup-"))
                .build();
    }

    private static TaskReport reportOnceBlocked(ErrGroup group) {
        while (true) {
            TaskReport report =
                    new TaskStacks(100).reportsOf(group, group.snapshot()).get(0);
            if (report.threadState() == Thread.State.WAITING) {
                return report;
            }
            Thread.onSpinWait();
        }
    }

    private void blockHere(CountDownLatch running) throws InterruptedException {
        running.countDown();
        end.await();
    }
}
