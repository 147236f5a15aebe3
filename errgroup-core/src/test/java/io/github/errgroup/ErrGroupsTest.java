package io.github.errgroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The factory of groups, as a unit test of a service has it. */
class ErrGroupsTest {
    private final ErrGroups groups =
            ErrGroups.of(ErrGroupOptions.builder().name("base").limit(2).build());

    @Test
    void callUnchecked_declares_what_the_body_throws_and_no_InterruptedException() {
        assertThat(groups.<Integer, RuntimeException>callUnchecked("sum", group -> {
                    Subtask<Integer> one = group.go(() -> 1);
                    group.await();
                    return one.get() + 1;
                }))
                .isEqualTo(2);
        IOException thrown = new IOException("the body's");
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> groups.callUnchecked("fails", group -> {
                    throw thrown;
                }))
                .isSameAs(thrown);
        assertThat(groups.live()).isEmpty();
    }

    @Nested
    class Open {
        @Test
        void without_a_name_has_the_settings() {
            try (ErrGroup group = groups.open()) {
                assertThat(group.name()).isEqualTo("base");
                assertThat(group.limit()).isEqualTo(2);
            }
        }

        @Test
        void with_a_name_has_the_settings_but_for_the_name() {
            try (ErrGroup group = groups.open("quote")) {
                assertThat(group.name()).isEqualTo("quote");
                assertThat(group.limit()).isEqualTo(2);
            }
        }

        @Test
        void with_changes_changes_that_one_group() {
            try (ErrGroup changed = groups.open("quote", o -> o.limit(8));
                    ErrGroup next = groups.open("quote")) {
                assertThat(changed.name()).isEqualTo("quote");
                assertThat(changed.limit()).isEqualTo(8);
                assertThat(next.limit()).isEqualTo(2);
            }
        }

        @Test
        void gives_a_group_of_its_own_to_every_caller() {
            try (ErrGroup one = groups.open("quote");
                    ErrGroup other = groups.open("quote")) {
                one.cancel();

                assertThat(one).isNotSameAs(other);
                assertThat(other.context().isCancelled()).isFalse();
            }
        }

        @Test
        void tells_the_listeners_of_the_settings() {
            List<String> opened = new ArrayList<>();
            ErrGroups listened = ErrGroups.of(ErrGroupOptions.builder()
                    .listener(group -> new GroupListener() {
                        @Override
                        public void onOpen() {
                            opened.add(group.name());
                        }
                    })
                    .build());

            listened.open("quote").close();

            assertThat(opened).containsExactly("quote");
        }

        @Test
        void refuses_nulls_in_the_caller_and_leaves_nothing_open() {
            assertThatNullPointerException().isThrownBy(() -> groups.open(null)).withMessage("name");
            assertThatNullPointerException()
                    .isThrownBy(() -> groups.open("quote", o -> o.threads(null)))
                    .withMessage("threads");
            assertThat(groups.live()).isEmpty();
        }
    }

    @Nested
    class Call {
        @Test
        void gives_the_body_s_value_and_leaves_nothing_open() throws InterruptedException {
            String value = groups.call("quote", group -> {
                assertThat(groups.live()).containsExactly(group);
                Subtask<String> task = group.go(() -> "of " + group.name());
                group.await();
                return task.get();
            });

            assertThat(value).isEqualTo("of quote");
            assertThat(groups.live()).isEmpty();
        }

        @Test
        void throws_what_the_body_threw_and_leaves_nothing_open() {
            IOException failure = new IOException("the body's");

            assertThatExceptionOfType(IOException.class)
                    .isThrownBy(() -> groups.call("quote", group -> {
                        throw failure;
                    }))
                    .isSameAs(failure);
            assertThat(groups.live()).isEmpty();
        }
    }

    @Nested
    class Map {
        @Test
        void gives_the_results_in_the_order_of_the_items_within_the_limit() throws InterruptedException {
            AtomicInteger active = new AtomicInteger();
            AtomicInteger mostActive = new AtomicInteger();
            List<Integer> items = IntStream.range(0, 1_000).boxed().toList();

            List<String> results = groups.map("map", items, item -> {
                mostActive.accumulateAndGet(active.incrementAndGet(), Math::max);
                Thread.yield();
                active.decrementAndGet();
                return "item-" + item;
            });

            assertThat(results)
                    .isEqualTo(items.stream().map(item -> "item-" + item).toList());
            assertThat(mostActive).hasValueBetween(1, 2);
            assertThat(groups.live()).isEmpty();
        }

        @Test
        void may_give_nulls() throws InterruptedException {
            assertThat(groups.map("map", List.of(1, 2), item -> item == 1 ? null : item))
                    .containsExactly(null, 2);
        }

        @Test
        void reads_a_stream_as_tasks_start() throws InterruptedException {
            AtomicInteger done = new AtomicInteger();
            AtomicInteger furthestAhead = new AtomicInteger();
            CountDownLatch bothRead = new CountDownLatch(2);
            Stream<Integer> items = IntStream.range(0, 100).boxed().peek(item -> {
                furthestAhead.accumulateAndGet(item - done.get(), Math::max);
                bothRead.countDown();
            });

            assertThat(groups.map("map", items, item -> {
                        bothRead.await();
                        done.incrementAndGet();
                        return item;
                    }))
                    .isEqualTo(IntStream.range(0, 100).boxed().toList());
            assertThat(furthestAhead).hasValueBetween(1, 4);
        }

        @Test
        void of_nothing_is_empty() throws InterruptedException {
            assertThat(groups.map("map", List.of(), item -> item)).isEmpty();
        }

        @Test
        void throws_the_first_failure() {
            IOException failure = new IOException("item 7");

            assertThatExceptionOfType(ErrGroupException.class)
                    .isThrownBy(() ->
                            groups.map("map", IntStream.range(0, 100).boxed().toList(), item -> {
                                if (item == 7) {
                                    throw failure;
                                }
                                return item;
                            }))
                    .withMessageContaining("map")
                    .withCause(failure);
            assertThat(groups.live()).isEmpty();
        }

        @Test
        void throws_the_first_failure_of_a_group_that_does_not_cancel() {
            ErrGroups runAll =
                    ErrGroups.of(ErrGroupOptions.builder().cancelOnError(false).build());
            Set<Integer> handled = ConcurrentHashMap.newKeySet();
            IOException failure = new IOException("item 7");

            assertThatExceptionOfType(ErrGroupException.class)
                    .isThrownBy(() ->
                            runAll.map("map", IntStream.range(0, 100).boxed().toList(), item -> {
                                handled.add(item);
                                if (item == 7) {
                                    throw failure;
                                }
                                return item;
                            }))
                    .withCause(failure);
            assertThat(handled).hasSize(100);
        }
    }

    @Nested
    class ForEach {
        @Test
        void handles_every_item_and_waits_for_all() throws InterruptedException {
            Set<Integer> handled = ConcurrentHashMap.newKeySet();

            groups.forEach("forEach", IntStream.range(0, 1_000).boxed().toList(), handled::add);
            groups.forEach("forEach", IntStream.range(1_000, 1_100).boxed(), handled::add);

            assertThat(handled).hasSize(1_100);
            assertThat(groups.live()).isEmpty();
        }

        @Test
        void throws_the_first_failure() {
            IOException failure = new IOException("item 2");

            assertThatExceptionOfType(ErrGroupException.class)
                    .isThrownBy(() -> groups.forEach("forEach", List.of(1, 2, 3), item -> {
                        if (item == 2) {
                            throw failure;
                        }
                    }))
                    .withMessageContaining("forEach")
                    .withCause(failure);
        }
    }

    @Nested
    class Live {
        @Test
        void has_the_groups_that_are_open_and_no_others() throws InterruptedException {
            ErrGroup awaited = groups.open("awaited");
            ErrGroup closed = groups.open("closed");
            ErrGroup open = groups.open("open");
            ErrGroup unnamed = groups.open();
            assertThat(groups.live()).containsExactlyInAnyOrder(awaited, closed, open, unnamed);

            awaited.await();
            awaited.close();
            closed.close();
            assertThat(groups.live()).containsExactlyInAnyOrder(open, unnamed);

            open.close();
            unnamed.close();
            assertThat(groups.live()).isEmpty();
        }

        @Test
        void has_a_group_made_fresh_from_one_of_the_factory_s() {
            ErrGroup template = groups.open("quote");
            template.close();
            try (ErrGroup fresh = template.fresh()) {
                assertThat(groups.live()).containsExactly(fresh);
            }
            assertThat(groups.live()).isEmpty();
        }

        @Test
        void has_a_group_whose_listeners_were_replaced_in_code() {
            try (ErrGroup group = groups.open("quote", o -> o.listeners(List.of()))) {
                assertThat(groups.live()).containsExactly(group);
            }
            assertThat(groups.live()).isEmpty();
        }

        @Test
        void has_no_group_of_another_factory() {
            ErrGroups others = ErrGroups.of(ErrGroupOptions.defaults());
            try (ErrGroup group = others.open()) {
                assertThat(groups.live()).isEmpty();
                assertThat(others.live()).containsExactly(group);
            }
        }

        @Test
        void loses_a_group_that_failed_or_was_cancelled_once_it_is_closed() throws InterruptedException {
            CountDownLatch running = new CountDownLatch(1);
            List<ErrGroup> seen = Collections.synchronizedList(new ArrayList<>());

            assertThatExceptionOfType(ErrGroupException.class).isThrownBy(() -> {
                try (ErrGroup group = groups.open("cancelled")) {
                    seen.add(group);
                    group.go(() -> {
                        running.countDown();
                        new CountDownLatch(1).await();
                    });
                    running.await();
                    group.cancel();
                    group.await();
                }
            });

            assertThat(seen).hasSize(1);
            assertThat(groups.live()).isEmpty();
        }
    }
}
