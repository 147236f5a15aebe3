package io.github.errgroup.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.errgroup.ContextPropagator;
import io.github.errgroup.ErrGroup;
import io.github.errgroup.GroupListener;
import io.github.errgroup.Subtask;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** N3: thread-bound context is captured in {@code go}, and set around the task. */
class ContextContractTest extends GroupContract {
    private static final ThreadLocal<@Nullable String> USER = new ThreadLocal<>();

    private final AtomicInteger open = new AtomicInteger();

    private final ContextPropagator propagator = () -> {
        String captured = USER.get();
        return () -> {
            String before = USER.get();
            USER.set(captured);
            open.incrementAndGet();
            return () -> {
                open.decrementAndGet();
                USER.set(before);
            };
        };
    };

    @AfterEach
    void removeTheUser() {
        USER.remove();
    }

    @Test
    void N3_a_task_sees_the_context_of_the_thread_that_called_go() throws Exception {
        needsTasksInARow(3);
        ErrGroup group = open(o -> o.limit(2).contextPropagator(propagator));
        List<Subtask<String>> tasks = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            USER.set("user-" + i);
            tasks.add(group.go(USER::get));
        }
        USER.set("somebody else");
        group.await();
        for (int i = 0; i < 6; i++) {
            assertThat(tasks.get(i).get()).isEqualTo("user-" + i);
        }
        assertThat(USER.get()).as("of the caller").isEqualTo("somebody else");
        assertThat(open).as("scopes left open").hasValue(0);
    }

    /** As a ScopedValue, which can be bound around a call alone. */
    @Test
    void N3_a_propagator_may_wrap_the_body_inside_the_scope_and_the_listeners_events() throws Exception {
        needsTasksInARow(3);
        List<String> seen = new CopyOnWriteArrayList<>();
        ContextPropagator wrapping = () -> new ContextPropagator.Captured() {
            @Override
            public ContextPropagator.Scope open() {
                seen.add("open");
                return () -> seen.add("close");
            }

            @Override
            public <T extends @Nullable Object> T call(Callable<T> body) throws Exception {
                USER.set("bound");
                try {
                    return body.call();
                } finally {
                    USER.remove();
                }
            }
        };
        GroupListener listener = new GroupListener() {
            @Override
            public void onTaskStart(Subtask<?> task) {
                seen.add("start " + USER.get());
            }

            @Override
            public void onTaskEnd(Subtask<?> task, long nanos) {
                seen.add("end " + USER.get());
            }
        };
        ErrGroup group = open(
                o -> o.limit(1).cancelOnError(false).contextPropagator(wrapping).listener(listener));
        Subtask<String> value = group.go(() -> {
            seen.add("value " + USER.get());
            return "x";
        });
        group.await();
        Subtask<?> none = group.go(() -> {
            seen.add("no value " + USER.get());
        });
        group.await();
        Broken broken = new Broken("in the body");
        Subtask<?> failed = group.go(() -> {
            throw broken;
        });
        catchThrowable(group::await);

        assertThat(seen)
                .containsSubsequence("open", "start null", "value bound", "end null", "close")
                .containsSubsequence("open", "start null", "no value bound", "end null", "close")
                .hasSize(14);
        assertThat(value.get()).isEqualTo("x");
        assertThat(none.state()).isEqualTo(Subtask.State.SUCCEEDED);
        assertThat(failed.exception()).isSameAs(broken);
    }

    @Test
    void N3_captured_before_go_blocks() throws Exception {
        needsTasksAtOnce(1);
        ErrGroup group = open(o -> o.limit(1).contextPropagator(propagator));
        Gate end = new Gate();
        running(group, end::pass);
        Caller<Subtask<String>> caller = Caller.calls(() -> {
            USER.set("blocked");
            return group.go(USER::get);
        });
        caller.blockedIn("go");
        end.open();
        Subtask<String> task = caller.result();
        group.await();
        assertThat(task.get()).isEqualTo("blocked");
    }

    @Test
    void N3_a_task_queued_by_a_task_sees_that_tasks_context() throws Exception {
        ErrGroup group = open(o -> o.limit(1).contextPropagator(propagator));
        List<Subtask<String>> inner = new ArrayList<>();
        USER.set("outer");
        group.go(() -> {
            USER.set("inner");
            inner.add(group.go(USER::get));
        });
        group.await();
        assertThat(inner.get(0).get()).isEqualTo("inner");
    }

    @Test
    void N3_the_context_is_taken_back_when_the_task_fails() {
        ErrGroup group = open(o -> o.contextPropagator(propagator));
        group.go(() -> {
            throw new Broken("x");
        });
        catchThrowable(group::await);
        assertThat(open).as("scopes left open").hasValue(0);
    }

    @Test
    void N3_a_task_without_a_context_of_its_own_does_not_see_that_of_the_one_before() throws Exception {
        needsTasksAtOnce(1);
        ErrGroup group = open(o -> o.limit(1).contextPropagator(propagator));
        USER.set("first");
        group.go(USER::get);
        USER.remove();
        Subtask<@Nullable String> second = group.go(USER::get);
        group.await();
        assertThat(second.get()).isNull();
    }
}
