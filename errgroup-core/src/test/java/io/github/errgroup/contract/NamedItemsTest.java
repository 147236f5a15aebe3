package io.github.errgroup.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.errgroup.ErrGroup;
import io.github.errgroup.ErrGroupException;
import io.github.errgroup.ErrGroups;
import io.github.errgroup.Subtask;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** J7: the tasks of items have the items' names, and say which failed and why. */
class NamedItemsTest extends GroupContract {
    private record Order(String id, int amount) {}

    private static final List<Order> ORDERS = List.of(new Order("A-1", 1), new Order("A-2", -2));

    private static int check(Order order) throws IOException {
        if (order.amount < 0) {
            throw new IOException("refused");
        }
        return order.amount;
    }

    @Nested
    class The_tasks_of {
        @Test
        void map_are_called_as_their_items() throws Exception {
            needsTasksInARow(2);
            ErrGroup group = open(o -> o.cancelOnError(false));

            List<Subtask<Integer>> tasks = group.map(ORDERS, Order::id, NamedItemsTest::check);
            catchThrowable(group::await);

            assertThat(tasks).extracting(Subtask::name).containsExactly("A-1", "A-2");
            assertThat(tasks.get(0).get()).isEqualTo(1);
        }

        @Test
        void a_stream_are_called_as_their_items() throws Exception {
            needsTasksInARow(2);
            ErrGroup group = open(o -> o.cancelOnError(false));

            List<Subtask<Integer>> tasks = group.map(ORDERS.stream(), Order::id, NamedItemsTest::check);
            catchThrowable(group::await);

            assertThat(tasks).extracting(Subtask::name).containsExactly("A-1", "A-2");
        }

        @Test
        void J7_forEach_name_the_item_that_failed() {
            for (boolean stream : new boolean[] {false, true}) {
                ErrGroup group = open();
                List<Order> bad = List.of(new Order("A-3", -1));

                if (stream) {
                    group.forEach(bad.stream(), Order::id, NamedItemsTest::check);
                } else {
                    group.forEach(bad, Order::id, NamedItemsTest::check);
                }

                assertThat(catchThrowable(group::await))
                        .asInstanceOf(InstanceOfAssertFactories.type(ErrGroupException.class))
                        .extracting(ErrGroupException::task)
                        .isEqualTo("A-3");
            }
        }

        @Test
        void a_factory_of_groups_are_called_as_their_items() throws Exception {
            needsTasksInARow(3);
            ErrGroups groups = ErrGroups.of(options().build());
            Map<String, Integer> seen = Collections.synchronizedMap(new HashMap<>());
            List<Order> good = List.of(new Order("A-1", 1), new Order("A-4", 4));

            assertThat(groups.map("orders", good, Order::id, NamedItemsTest::check))
                    .containsExactly(1, 4);
            assertThat(groups.map("orders", good.stream(), Order::id, Order::amount))
                    .containsExactly(1, 4);
            groups.forEach("orders", good, Order::id, order -> seen.put(order.id, order.amount));
            groups.forEach("orders", good.stream(), Order::id, order -> seen.merge(order.id, 10, Integer::sum));
            assertThat(seen).containsOnly(Map.entry("A-1", 11), Map.entry("A-4", 14));

            assertThat(catchThrowable(() -> groups.map("orders", ORDERS, Order::id, NamedItemsTest::check)))
                    .isInstanceOf(ErrGroupException.class)
                    .hasMessageContaining("task 'A-2' (#1) failed");
        }
    }

    @Nested
    class Which_failed {
        @Test
        void J3_and_why_is_one_line() {
            needsTasksInARow(2);
            ErrGroup group = open(o -> o.name("orders").cancelOnError(false));
            List<Subtask<Integer>> tasks = group.map(ORDERS, Order::id, NamedItemsTest::check);
            catchThrowable(group::await);

            assertThat(Subtask.failed(tasks))
                    .hasToString("[group 'orders': task 'A-2' (#1) FAILED: java.io.IOException: refused]")
                    .containsExactly(tasks.get(1));
        }

        @Test
        void are_not_those_that_were_skipped() {
            ErrGroup group = open();
            group.cancel();
            List<Subtask<Integer>> tasks = new ArrayList<>();
            tasks.add(group.go(() -> 1));
            assertThat(Subtask.failed(tasks)).isEmpty();
        }
    }

    @Nested
    class A_name_that_is {
        @Test
        void null_is_refused_with_its_item() throws Exception {
            ErrGroup group = open(o -> o.name("orders"));
            Function<Order, String> nameless = order -> null;

            assertThatNullPointerException()
                    .isThrownBy(() -> group.map(ORDERS, nameless, NamedItemsTest::check))
                    .withMessage("group 'orders': the name of the item Order[id=A-1, amount=1] is null;"
                            + " every item of a call that names them has one");
            assertThatNullPointerException()
                    .isThrownBy(() -> group.forEach(Stream.of(1), number -> null, number -> {}))
                    .withMessageContaining("the name of the item 1 is null");
            group.await();
            assertThat(group.snapshot().submitted()).isZero();
        }

        @Test
        void not_to_be_had_leaves_the_call() throws Exception {
            ErrGroup group = open();
            IllegalArgumentException broken = new IllegalArgumentException("no id");

            assertThatIllegalArgumentException()
                    .isThrownBy(() -> group.map(
                            ORDERS,
                            order -> {
                                throw broken;
                            },
                            NamedItemsTest::check))
                    .isSameAs(broken);
            group.await();
        }

        @Test
        void made_by_no_function_is_refused_at_once() {
            ErrGroup group = open();
            assertThatNullPointerException()
                    .isThrownBy(() -> group.map(ORDERS, (Function<Order, String>) null, NamedItemsTest::check))
                    .withMessage("name");
        }
    }
}
