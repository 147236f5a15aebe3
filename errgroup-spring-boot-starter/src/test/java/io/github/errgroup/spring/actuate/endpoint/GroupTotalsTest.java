package io.github.errgroup.spring.actuate.endpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.errgroup.ErrGroup;
import io.github.errgroup.ErrGroupException;
import io.github.errgroup.ErrGroupOptions;
import io.github.errgroup.spring.actuate.endpoint.ErrGroupsEndpoint.GroupCounts;
import io.github.errgroup.spring.actuate.endpoint.ErrGroupsEndpoint.TotalsReport;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class GroupTotalsTest {
    @Test
    void groups_of_names_that_are_not_known_are_added_up_under_the_name_they_are_accounted_under()
            throws InterruptedException {
        GroupTotals totals = new GroupTotals(name -> name.startsWith("sku-") ? "default" : name);
        for (String name : List.of("sku-1", "sku-2", "quote")) {
            try (ErrGroup group = ErrGroup.open(
                    ErrGroupOptions.builder().name(name).listener(totals).build())) {
                group.go(() -> 1);
                group.await();
            }
        }

        assertThat(totals.report("default", List.of()).groups().succeeded()).isEqualTo(2);
        assertThat(totals.report("quote", List.of()).groups().succeeded()).isOne();
        assertThat(totals.report("sku-1", List.of()).groups().succeeded()).isZero();
    }

    @Test
    void tasks_of_open_groups_are_added_to_those_of_ended_ones() throws InterruptedException {
        GroupTotals totals = new GroupTotals(name -> name);
        ErrGroupOptions options =
                ErrGroupOptions.builder().name("quote").listener(totals).build();
        try (ErrGroup ended = ErrGroup.open(options)) {
            ended.go(() -> 1);
            ended.await();
        }
        CountDownLatch end = new CountDownLatch(1);
        try (ErrGroup open = ErrGroup.open(options)) {
            open.go(() -> end.await());

            TotalsReport report = totals.report("quote", List.of(open));

            assertThat(report.tasks()).isEqualTo(new TaskCounts(2, 1, 0, 0, 0, 0, 1));
            assertThat(report.groups()).isEqualTo(new GroupCounts(1, 1, 0, 0, 0));
            end.countDown();
            open.await();
        }
    }

    /** What was submitted is the sum of the others: in a group that is open, and in the totals once it has ended. */
    @Test
    void a_rejected_task_is_counted_once_and_not_among_those_that_failed() {
        GroupTotals totals = new GroupTotals(name -> name);
        AtomicInteger executed = new AtomicInteger();
        ErrGroupOptions everySecondRejected = ErrGroupOptions.builder()
                .name("quote")
                .cancelOnError(false)
                .listener(totals)
                .executor(task -> {
                    if (executed.incrementAndGet() % 2 == 0) {
                        throw new RejectedExecutionException("full");
                    }
                    task.run();
                })
                .build();
        TaskCounts expected = new TaskCounts(6, 2, 1, 0, 1, 2, 0);
        try (ErrGroup group = ErrGroup.open(everySecondRejected)) {
            group.go(() -> 1);
            group.go(() -> "rejected");
            group.go(() -> {
                throw new IOException("supplier down");
            });
            group.go(() -> "rejected");
            group.go(() -> 2);
            group.cancel();
            group.go(() -> "skipped");

            assertThat(TaskCounts.of(group.snapshot())).isEqualTo(expected);
            assertThat(totals.report("quote", List.of(group)).tasks()).isEqualTo(expected);
            assertThatThrownBy(group::await).isInstanceOf(ErrGroupException.class);
        }

        assertThat(totals.report("quote", List.of()).tasks()).isEqualTo(expected);
    }
}
