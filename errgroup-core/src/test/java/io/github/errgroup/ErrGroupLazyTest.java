package io.github.errgroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Groups made before anyone wants one: {@link FrameworkAccess#openLazily}, its guard, and {@link ErrGroup#fresh()}. */
class ErrGroupLazyTest {
    private final List<String> events = new ArrayList<>();
    private final FrozenClock clock = new FrozenClock();
    private final ErrGroupOptions settings = ErrGroupOptions.builder()
            .name("lazy")
            .limit(2)
            .clock(clock)
            .listener(new GroupListener() {
                @Override
                public void onOpen() {
                    events.add("open");
                }

                @Override
                public void onEnd(GroupOutcome outcome, @Nullable Throwable failure, long nanos) {
                    events.add("end");
                }
            })
            .build();
    private final ErrGroup lazy = FrameworkAccess.openLazily(() -> settings, () -> events.add("guard"));

    /** What a test does with a group that may throw anything. */
    interface Use {
        void of(ErrGroup group) throws Exception;
    }

    private static Map<String, Use> uses() {
        Map<String, Use> uses = new LinkedHashMap<>();
        uses.put("go", group -> group.go(() -> {}));
        uses.put("go with a value", group -> group.go(() -> "value"));
        uses.put("go with a name", group -> group.go("named", () -> {}));
        uses.put("tryGo", group -> group.tryGo(() -> {}));
        uses.put("tryGo with a name", group -> group.tryGo("named", () -> "value"));
        uses.put("forEach", group -> group.forEach(List.of(1), item -> {}));
        uses.put("map", group -> group.map(List.of(1), item -> item));
        uses.put("cancel", ErrGroup::cancel);
        uses.put("addCancellationHook", group -> group.context().addCancellationHook(() -> {}));
        uses.put("forEach over nothing", group -> group.forEach(List.of(), item -> {}));
        uses.put("map of nothing", group -> group.map(List.of(), item -> item));
        uses.put("forEach over an empty stream", group -> group.forEach(Stream.empty(), item -> {}));
        uses.put("forEach over nothing, named", group -> group.forEach(List.of(), String::valueOf, item -> {}));
        uses.put(
                "forEach over an empty stream, named",
                group -> group.forEach(Stream.empty(), String::valueOf, item -> {}));
        uses.put("map of an empty stream", group -> group.map(Stream.empty(), item -> item));
        uses.put("map of nothing, named", group -> group.map(List.of(), String::valueOf, item -> item));
        uses.put("map of an empty stream, named", group -> group.map(Stream.empty(), String::valueOf, item -> item));
        uses.put("asCompleted of nothing", group -> group.asCompleted(List.of(), item -> item));
        uses.put("asCompleted of nothing, named", group -> group.asCompleted(List.of(), String::valueOf, item -> item));
        uses.put("inOrder of nothing", group -> group.inOrder(List.of(), item -> item));
        uses.put("inOrder of nothing, named", group -> group.inOrder(List.of(), String::valueOf, item -> item));
        uses.put("setLimit", group -> group.setLimit(4));
        uses.put("setTimeout", group -> group.setTimeout(Duration.ofSeconds(10)));
        uses.put("await", ErrGroup::await);
        uses.put("await of a type", group -> group.await(RuntimeException.class));
        return uses;
    }

    @Nested
    class BeforeItsFirstUse {
        @Test
        void it_is_not_open() {
            GroupSnapshot snapshot = lazy.snapshot();

            assertThat(snapshot.phase()).isEqualTo(GroupSnapshot.Phase.UNOPENED);
            assertThat(snapshot.age()).isZero();
            assertThat(snapshot.submitted()).isZero();
            assertThat(events).isEmpty();
        }

        @Test
        void it_has_no_age_after_it_was_closed_unused_either() {
            lazy.close();
            assertThat(lazy.snapshot().phase()).isEqualTo(GroupSnapshot.Phase.CLOSED);
            assertThat(lazy.snapshot().age()).isZero();
        }

        @Test
        void its_name_and_settings_can_be_asked_for_without_using_it() {
            assertThat(lazy.name()).isEqualTo("lazy");
            assertThat(lazy.options()).isEqualTo(settings);
            assertThat(lazy.toString()).contains("lazy");
            assertThat(events).isEmpty();
            assertThat(lazy.snapshot().phase()).isEqualTo(GroupSnapshot.Phase.UNOPENED);
        }

        @Test
        void it_can_be_closed_and_nobody_hears_of_it() {
            lazy.close();

            assertThat(events).isEmpty();
            assertThatIllegalStateException()
                    .isThrownBy(() -> lazy.go(() -> {}))
                    .withMessageContainingAll("lazy", "fresh()");
        }

        @Test
        void it_has_no_guard_or_settings_of_null() {
            assertThatNullPointerException()
                    .isThrownBy(() -> FrameworkAccess.openLazily(() -> settings, null))
                    .withMessage("beforeFirstUse");
            assertThatNullPointerException()
                    .isThrownBy(() -> FrameworkAccess.openLazily(() -> null, () -> {}))
                    .withMessage("options");
        }
    }

    @Nested
    class AtItsFirstUse {
        @TestFactory
        Stream<DynamicTest> the_guard_runs_and_then_it_opens() {
            return uses().entrySet().stream()
                    .map(use -> DynamicTest.dynamicTest(use.getKey(), () -> {
                        List<String> seen = new ArrayList<>();
                        ErrGroup group = FrameworkAccess.openLazily(
                                () -> settings.toBuilder()
                                        .listeners(List.of(opened -> new GroupListener() {
                                            @Override
                                            public void onOpen() {
                                                seen.add("open");
                                            }
                                        }))
                                        .build(),
                                () -> seen.add(
                                        "guard in " + Thread.currentThread().getName()));

                        use.getValue().of(group);

                        assertThat(seen)
                                .containsExactly(
                                        "guard in " + Thread.currentThread().getName(), "open");
                        group.await();
                        group.close();
                    }));
        }

        @TestFactory
        Stream<DynamicTest> a_guard_that_throws_fails_that_use_and_runs_again_at_the_next() {
            return uses().entrySet().stream()
                    .map(use -> DynamicTest.dynamicTest(use.getKey(), () -> {
                        AtomicInteger guarded = new AtomicInteger();
                        IllegalStateException shared = new IllegalStateException("shared by all callers");
                        ErrGroup group = FrameworkAccess.openLazily(() -> settings, () -> {
                            if (guarded.incrementAndGet() <= 2) {
                                throw shared;
                            }
                        });

                        for (int i = 0; i < 2; i++) {
                            assertThatIllegalStateException()
                                    .isThrownBy(() -> use.getValue().of(group))
                                    .isSameAs(shared);
                            assertThat(group.snapshot().phase()).isEqualTo(GroupSnapshot.Phase.UNOPENED);
                            assertThat(group.snapshot().submitted()).isZero();
                        }
                        use.getValue().of(group);

                        assertThat(guarded).hasValue(3);
                        group.await();
                        group.close();
                    }));
        }

        @Test
        void the_guard_runs_once_whatever_follows() throws InterruptedException {
            lazy.go(() -> {});
            lazy.tryGo(() -> {});
            lazy.await();
            lazy.close();

            assertThat(events).containsExactly("guard", "open", "end");
        }

        @Test
        void a_listener_that_changes_the_limit_as_it_opens_is_no_second_use() throws InterruptedException {
            GroupListener.Factory retunes = opened -> new GroupListener() {
                @Override
                public void onOpen() {
                    opened.setLimit(7);
                }
            };
            AtomicInteger guarded = new AtomicInteger();
            try (ErrGroup group = FrameworkAccess.openLazily(
                    () -> settings.toBuilder().listener(retunes).build(), guarded::incrementAndGet)) {
                group.go(() -> {});

                assertThat(group.limit()).isEqualTo(7);
                assertThat(guarded).hasValue(1);
                group.await();
            }
        }

        @Test
        void by_two_threads_it_opens_once() throws Exception {
            AtomicInteger opened = new AtomicInteger();
            ErrGroup group = FrameworkAccess.openLazily(
                    () -> ErrGroupOptions.builder()
                            .listener(new GroupListener() {
                                @Override
                                public void onOpen() {
                                    opened.incrementAndGet();
                                }
                            })
                            .build(),
                    () -> {});
            CountDownLatch start = new CountDownLatch(1);
            List<FutureTask<Subtask<String>>> callers = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                FutureTask<Subtask<String>> caller = new FutureTask<>(() -> {
                    start.await();
                    return group.go(() -> "value");
                });
                callers.add(caller);
                new Thread(caller, "caller-" + i).start();
            }
            start.countDown();
            for (FutureTask<Subtask<String>> caller : callers) {
                caller.get(20, TimeUnit.SECONDS);
            }
            group.await();
            group.close();

            assertThat(opened).hasValue(1);
            assertThat(group.snapshot().succeeded()).isEqualTo(4);
        }

        @Test
        void the_deadline_begins() throws InterruptedException {
            ErrGroup group = FrameworkAccess.openLazily(
                    () -> settings.toBuilder().timeout(Duration.ofSeconds(10)).build(), () -> {});
            clock.advance(Duration.ofHours(1));
            CountDownLatch release = new CountDownLatch(1);

            group.go(() -> release.await());

            assertThat(group.context().remaining()).contains(Duration.ofSeconds(10));
            clock.advance(Duration.ofSeconds(4));
            assertThat(group.context().remaining()).contains(Duration.ofSeconds(6));
            assertThat(group.snapshot().age()).isEqualTo(Duration.ofSeconds(4));
            release.countDown();
            group.await();
            group.close();
        }

        @Test
        void in_a_task_it_becomes_the_child_of_that_task_s_group() throws InterruptedException {
            try (ErrGroup outer = ErrGroup.open(o -> o.name("outer"))) {
                Subtask<@Nullable ErrGroup> parent = outer.go(() -> {
                    try (lazy) {
                        lazy.go(() -> {});
                        lazy.await();
                        return FrameworkAccess.parentOf(lazy);
                    }
                });
                outer.await();

                assertThat(parent.get()).isSameAs(outer);
            }
        }
    }

    @Nested
    class Fresh {
        @Test
        void of_an_unused_one_is_open_unguarded_and_leaves_it_unused() throws InterruptedException {
            try (ErrGroup fresh = lazy.fresh()) {
                assertThat(fresh.name()).isEqualTo("lazy");
                assertThat(fresh.options()).isEqualTo(settings);
                assertThat(fresh.snapshot().phase()).isEqualTo(GroupSnapshot.Phase.OPEN);
                Subtask<String> task = fresh.go(() -> "value");
                fresh.await();
                assertThat(task.get()).isEqualTo("value");
            }
            assertThat(lazy.snapshot().phase()).isEqualTo(GroupSnapshot.Phase.UNOPENED);
            assertThat(events).containsExactly("open", "end");
        }

        @Test
        void of_one_whose_guard_always_throws_can_be_used() throws InterruptedException {
            ErrGroup template = FrameworkAccess.openLazily(() -> settings, () -> {
                throw new IllegalStateException("injected into a singleton");
            });

            try (ErrGroup fresh = template.fresh()) {
                Subtask<String> task = fresh.go(() -> "value");
                fresh.await();
                assertThat(task.get()).isEqualTo("value");
            }
            assertThatIllegalStateException().isThrownBy(() -> template.go(() -> {}));
        }

        @Test
        void looks_the_settings_up_again() {
            AtomicInteger limit = new AtomicInteger(1);
            ErrGroup template = FrameworkAccess.openLazily(
                    () -> settings.toBuilder().limit(limit.get()).build(), () -> {});
            limit.set(16);

            try (ErrGroup fresh = template.fresh();
                    ErrGroup next = nextAfter(fresh, limit)) {
                assertThat(template.limit()).isEqualTo(1);
                assertThat(fresh.limit()).isEqualTo(16);
                assertThat(next.limit()).isEqualTo(32);
            }
        }

        @TestFactory
        Stream<DynamicTest> of_a_group_in_any_state_is_open_and_leaves_that_group_alone() {
            Map<GroupSnapshot.Phase, Use> states = new LinkedHashMap<>();
            states.put(GroupSnapshot.Phase.OPEN, group -> {});
            states.put(GroupSnapshot.Phase.CANCELLED, ErrGroup::cancel);
            states.put(GroupSnapshot.Phase.FINISHED, ErrGroup::await);
            states.put(GroupSnapshot.Phase.CLOSED, ErrGroup::close);
            return states.entrySet().stream()
                    .map(state -> DynamicTest.dynamicTest(state.getKey().name(), () -> {
                        try (ErrGroup group = ErrGroup.open(o -> o.name("again").limit(3))) {
                            state.getValue().of(group);
                            try (ErrGroup fresh = group.fresh()) {
                                assertThat(fresh).isNotSameAs(group);
                                assertThat(fresh.options()).isEqualTo(group.options());
                                Subtask<String> task = fresh.go(() -> "value");
                                fresh.await();
                                assertThat(task.get()).isEqualTo("value");
                            }
                            assertThat(group.snapshot().phase()).isEqualTo(state.getKey());
                        }
                    }));
        }

        @Test
        void of_a_failed_group_knows_nothing_of_the_failure() throws InterruptedException {
            ErrGroup failed = ErrGroup.open();
            failed.go(() -> {
                throw new IllegalArgumentException("once");
            });
            assertThatExceptionOfType(ErrGroupException.class).isThrownBy(failed::await);
            failed.close();

            try (ErrGroup fresh = failed.fresh()) {
                fresh.go(() -> {});
                fresh.await();
                assertThat(fresh.snapshot().failed()).isZero();
            }
        }

        @Test
        void can_be_had_in_a_task_of_the_group_and_is_then_its_child() throws InterruptedException {
            try (ErrGroup group = ErrGroup.open()) {
                Subtask<@Nullable ErrGroup> parent = group.go(() -> {
                    try (ErrGroup fresh = group.fresh()) {
                        return FrameworkAccess.parentOf(fresh);
                    }
                });
                group.await();

                assertThat(parent.get()).isSameAs(group);
            }
        }

        private static ErrGroup nextAfter(ErrGroup fresh, AtomicInteger limit) {
            limit.set(32);
            return fresh.fresh();
        }
    }
}
