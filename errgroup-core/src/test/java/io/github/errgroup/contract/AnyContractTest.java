package io.github.errgroup.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.github.errgroup.CancelReason;
import io.github.errgroup.ErrGroupException;
import io.github.errgroup.ErrGroups;
import io.github.errgroup.GroupListener;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** N9: {@code any}, the first success and the quorum. */
class AnyContractTest extends GroupContract {
    private final Recorder recorder = new Recorder();

    /** Groups of this workplace, which are counted and closed after the test. */
    private ErrGroups groups() {
        return ErrGroups.of(options()
                .listener(group -> {
                    track(group);
                    return recorder;
                })
                .build());
    }

    @Test
    void N9_gives_the_first_success_and_the_losers_have_ended() throws Exception {
        needsTasksAtOnce(3);
        Gate losersRun = new Gate(2);
        AtomicInteger inside = new AtomicInteger();

        String first = groups().any("mirror", List.of("slow", "slower", "fast"), mirror -> {
            if (mirror.equals("fast")) {
                losersRun.pass();
                return "from " + mirror;
            }
            inside.incrementAndGet();
            losersRun.open();
            try {
                new Gate().pass();
                return "late";
            } finally {
                inside.decrementAndGet();
            }
        });

        assertThat(first).isEqualTo("from fast");
        assertThat(inside).hasValue(0);
        assertThat(recorder.count("cancel ENOUGH")).isOne();
        assertThat(recorder.events()).endsWith("ended SUCCEEDED");
    }

    @Test
    void N9_of_one_after_the_other_tries_no_more_than_it_takes() throws Exception {
        ErrGroups oneAfterTheOther = ErrGroups.of(options().limit(1).build());
        List<Integer> tried = new ArrayList<>();
        Integer first = oneAfterTheOther.any("mirror", List.of(1, 2, 3, 4), item -> {
            synchronized (tried) {
                tried.add(item);
            }
            if (item < 3) {
                throw new Broken("item " + item);
            }
            return item;
        });
        assertThat(first).isGreaterThanOrEqualTo(3);
        if (workplace.hasOwnThreads()) {
            assertThat(first).isEqualTo(3);
            assertThat(tried).containsExactly(1, 2, 3);
        }
    }

    @Test
    void N9_a_loser_that_succeeds_all_the_same_is_none_of_the_results() throws Exception {
        needsTasksAtOnce(2);
        Gate loserRuns = new Gate();
        Gate cancelled = new Gate();
        GroupListener opensTheGate = new GroupListener() {
            @Override
            public void onCancel(CancelReason reason, Throwable cause) {
                cancelled.open();
            }
        };
        ErrGroups groups = ErrGroups.of(options().listener(opensTheGate).build());
        List<String> acks = groups.any("write", 1, List.of("stubborn", "fast"), replica -> {
            if (replica.equals("fast")) {
                loserRuns.pass();
            } else {
                loserRuns.open();
                cancelled.passIgnoringInterrupts();
            }
            return replica;
        });
        assertThat(acks).containsExactly("fast");
    }

    @Test
    void N9_the_tasks_have_names_and_what_is_thrown_says_which_item_failed_first() throws Exception {
        ErrGroups groups = ErrGroups.of(options().limit(1).build());
        String first = groups.any("mirror", List.of("a", "b"), mirror -> "mirror " + mirror, mirror -> {
            if (mirror.equals("a")) {
                throw new Broken("a is down");
            }
            return mirror;
        });
        assertThat(first).isEqualTo("b");
        ErrGroupException thrown = catchThrowableOfType(
                ErrGroupException.class,
                () -> groups.any("write", 2, List.of("a", "b"), replica -> "replica " + replica, replica -> {
                    throw new Broken(replica + " is down");
                }));
        assertThat(thrown.task()).isEqualTo("replica a");
        assertThat(thrown).hasMessageContaining("task 'replica a' (#0) failed");
    }

    @Test
    void N9_of_k_gives_k_values_in_the_order_in_which_they_came() throws Exception {
        needsTasksAtOnce(3);
        Gate never = new Gate();
        Gate loserRuns = new Gate();
        List<String> acks = groups().any("write", 2, List.of("a", "loser", "b"), replica -> {
            switch (replica) {
                case "loser" -> {
                    loserRuns.open();
                    never.pass();
                }
                case "a" -> Threads.until(() -> recorder.events().contains("end task-2 SUCCEEDED"));
                default -> loserRuns.pass();
            }
            return replica;
        });
        assertThat(acks).containsExactly("b", "a");
    }

    @Test
    void N9_a_null_is_a_success() throws Exception {
        ErrGroups groups = groups();
        String first = groups.any("mirror", List.of(1), item -> (String) null);
        assertThat(first).isNull();
        List<@Nullable Integer> items = Arrays.asList(null, null, null);
        assertThat(groups.any("mirror", 2, items, item -> item)).containsExactly(null, null);
    }

    @Test
    void N9_G1_gives_up_as_soon_as_too_few_are_left_and_throws_the_first_failure() throws Exception {
        needsTasksAtOnce(3);
        assumeThat(workplace).isNotIn(Workplace.DROPS_EVERY_THIRD, Workplace.REJECTS_EVERY_THIRD);
        Gate stuckRuns = new Gate();
        Gate firstEnded = new Gate();
        Broken first = new Broken("first");
        Broken second = new Broken("second");
        ErrGroups groups = ErrGroups.of(options()
                .listener(group -> {
                    track(group);
                    return new io.github.errgroup.GroupListener() {
                        @Override
                        public void onTaskEnd(io.github.errgroup.Subtask<?> task, long nanos) {
                            if (task.exception() == first) {
                                firstEnded.open();
                            }
                        }
                    };
                })
                .build());

        Throwable thrown = catchThrowable(() -> groups.any("write", 2, List.of("stuck", "first", "second"), replica -> {
            switch (replica) {
                case "stuck" -> {
                    stuckRuns.open();
                    new Gate().pass();
                    return replica;
                }
                case "first" -> {
                    stuckRuns.pass();
                    throw first;
                }
                default -> {
                    firstEnded.pass();
                    throw second;
                }
            }
        }));

        assertThat(thrown)
                .isInstanceOf(ErrGroupException.class)
                .hasCause(first)
                .hasMessageContainingAll("write", "1 later failure");
        assertThat(thrown.getSuppressed()).containsExactly(second);
        assertThat(((ErrGroupException) thrown).reason()).isEqualTo(CancelReason.FAILURE);
    }

    @Test
    void N9_an_Error_ends_it_at_once() {
        AssertionError error = new AssertionError("an Error");
        assertThat(catchThrowable(() -> groups().any("mirror", List.of(1), item -> {
                    throw error;
                })))
                .isSameAs(error);
    }

    @Test
    void N9_a_deadline_before_the_first_success_is_thrown() throws Exception {
        needsTasksAtOnce(1);
        HandClock clock = new HandClock();
        Duration deadline = Duration.ofSeconds(2);
        ErrGroups groups = ErrGroups.of(options().timeout(deadline).clock(clock).build());
        Gate running = new Gate();
        Caller<String> caller = Caller.calls(() -> groups.any("mirror", List.of(1), item -> {
            running.open();
            new Gate().pass();
            return "late";
        }));
        running.pass();
        clock.advance(deadline);
        assertThat(caller.failure()).hasCauseInstanceOf(TimeoutException.class);
    }

    /** What is set for the group's name does not change what it is. */
    @Test
    void N9_means_the_same_in_a_group_that_does_not_cancel_or_tolerates_another_number() throws Exception {
        ErrGroups runsAll = ErrGroups.of(options().limit(1).cancelOnError(false).build());
        ErrGroups tolerates = ErrGroups.of(options().limit(1).tolerate(1).build());
        for (ErrGroups groups : List.of(runsAll, tolerates)) {
            Integer first = groups.any("mirror", List.of(1, 2, 3, 4, 5, 6, 7, 8), item -> {
                if (item < 5) {
                    throw new Broken("item " + item);
                }
                return item;
            });
            assertThat(first).isGreaterThanOrEqualTo(5);
        }
    }

    @Test
    void N9_the_connections_of_losers_that_are_blocked_in_a_read_are_dropped() throws Exception {
        needsTasksAtOnce(3);
        try (ServerSocketChannel server = ServerSocketChannel.open().bind(null)) {
            Gate connected = new Gate();
            Caller<Integer> droppedConnections = Caller.calls(() -> {
                List<SocketChannel> connections = List.of(server.accept(), server.accept());
                int dropped = 0;
                connected.open();
                for (SocketChannel connection : connections) {
                    try (connection) {
                        dropped += connection.read(ByteBuffer.allocate(1)) < 0 ? 1 : 0;
                    }
                }
                return dropped;
            });

            String first = groups().any("mirror", List.of("silent", "mute", "fast"), mirror -> {
                if (mirror.equals("fast")) {
                    connected.pass();
                    return mirror;
                }
                try (SocketChannel channel = SocketChannel.open(server.getLocalAddress())) {
                    channel.read(ByteBuffer.allocate(1));
                    return mirror;
                }
            });

            assertThat(first).isEqualTo("fast");
            assertThat(droppedConnections.result()).isEqualTo(2);
            assertThat(recorder.countOf("end")).isEqualTo(3);
        }
    }

    @Test
    void N9_refuses_a_number_that_no_result_can_have() {
        ErrGroups groups = groups();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> groups.any("mirror", List.of(), item -> item))
                .withMessage("any 1 in group 'mirror': must be at least 1 and at most the number of items, 0");
        assertThatIllegalArgumentException().isThrownBy(() -> groups.any("mirror", 0, List.of(1), item -> item));
        assertThatIllegalArgumentException().isThrownBy(() -> groups.any("mirror", 3, List.of(1, 2), item -> item));
        assertThatNullPointerException()
                .isThrownBy(() -> groups.any("mirror", List.of(1), null))
                .withMessage("function");
        assertThatNullPointerException()
                .isThrownBy(() -> groups.any("mirror", null, item -> item))
                .withMessage("items");
        assertThat(recorder.events()).isEmpty();
    }
}
