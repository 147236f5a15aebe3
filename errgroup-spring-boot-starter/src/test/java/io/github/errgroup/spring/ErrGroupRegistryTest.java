package io.github.errgroup.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import io.github.errgroup.ErrGroup;
import io.github.errgroup.ErrGroups;
import io.github.errgroup.Subtask;
import io.github.errgroup.spring.autoconfigure.Contexts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

@Timeout(60)
class ErrGroupRegistryTest {
    private final ApplicationContextRunner runner =
            Contexts.wired().withPropertyValues("errgroup.limit=4", "errgroup.groups.quote.timeout=5s");

    @Nested
    class Names {
        @Test
        void are_the_default_the_configured_and_those_that_were_opened() {
            runner.run(context -> {
                ErrGroupRegistry registry = context.getBean(ErrGroupRegistry.class);
                context.getBean(ErrGroups.class).open("other").close();
                assertThat(registry.names()).containsExactly("default", "quote", "other");
                assertThat(registry.meterNames()).containsExactly("default", "quote");
                assertThat(registry.meterName("quote")).isEqualTo("quote");
                assertThat(registry.meterName("other")).isEqualTo("default");
                assertThat(registry.knownName("other")).isEqualTo("other");
                assertThat(registry.knownName("never opened")).isEqualTo("default");
            });
        }

        @Test
        void beyond_100_unconfigured_ones_are_accounted_under_default() {
            runner.run(context -> {
                ErrGroupRegistry registry = context.getBean(ErrGroupRegistry.class);
                ErrGroups groups = context.getBean(ErrGroups.class);
                List<ErrGroup> open = new ArrayList<>();
                for (int i = 0; i < 1_000; i++) {
                    open.add(groups.open("sku-" + i));
                }
                assertThat(registry.names()).hasSize(2 + ErrGroupRegistry.MAX_UNCONFIGURED);
                assertThat(registry.live("default")).hasSize(1_000 - ErrGroupRegistry.MAX_UNCONFIGURED);
                assertThat(registry.live("sku-99")).containsExactly(open.get(99));
                assertThat(registry.knownName("sku-100")).isEqualTo("default");
                assertThat(open.get(999).name()).isEqualTo("sku-999");
                assertThat(open.get(999).limit()).isEqualTo(4);
                open.forEach(ErrGroup::close);
                assertThat(registry.live()).isEmpty();
            });
        }

        @Test
        void that_nobody_knows_are_refused_with_those_there_are() {
            runner.run(context -> assertThatExceptionOfType(NoSuchElementException.class)
                    .isThrownBy(() -> context.getBean(ErrGroupRegistry.class).settings("nobody"))
                    .withMessageContaining("'nobody'")
                    .withMessageContaining("[default, quote]"));
        }
    }

    @Nested
    class Override {
        @Test
        void retunes_open_and_coming_groups_and_overwrites_code() {
            runner.run(context -> {
                ErrGroupRegistry registry = context.getBean(ErrGroupRegistry.class);
                ErrGroups groups = context.getBean(ErrGroups.class);
                try (ErrGroup open = groups.open("quote", o -> o.limit(9));
                        ErrGroup other = groups.open("other")) {
                    registry.override("quote", 16, null, null, Duration.ofMinutes(1));
                    assertThat(open.limit()).isEqualTo(16);
                    assertThat(open.context().remaining())
                            .hasValueSatisfying(left -> assertThat(left).isGreaterThan(Duration.ofSeconds(5)));
                    try (ErrGroup coming = groups.open("quote", o -> o.limit(9))) {
                        assertThat(coming.limit()).isEqualTo(16);
                        assertThat(coming.context().remaining())
                                .hasValueSatisfying(left -> assertThat(left).isGreaterThan(Duration.ofSeconds(5)));
                    }
                    try (ErrGroup fresh = open.fresh()) {
                        assertThat(fresh.limit()).isEqualTo(16);
                    }
                    assertThat(other.limit()).isEqualTo(4);
                    assertThat(registry.settings("quote"))
                            .extracting(
                                    settings -> settings.options().limit(),
                                    settings -> settings.options().timeout(),
                                    ErrGroupSettings::overridden)
                            .containsExactly(16, Duration.ofMinutes(1), Set.of("limit", "timeout"));
                }
            });
        }

        /** Without the starter, go of the thread that opened a group with limit 0 is refused: nobody could raise it. */
        @Test
        void wakes_a_caller_that_opened_a_group_with_limit_0() {
            runner.run(context -> {
                CompletableFuture<ErrGroup> opened = new CompletableFuture<>();
                CompletableFuture<String> result = CompletableFuture.supplyAsync(() -> {
                    try (ErrGroup group = context.getBean(ErrGroups.class).open("paused", o -> o.limit(0))) {
                        opened.complete(group);
                        Subtask<String> task = group.go(() -> "raised");
                        group.await();
                        return task.get();
                    } catch (InterruptedException e) {
                        throw new CompletionException(e);
                    }
                });
                ErrGroup group = opened.join();
                await().until(() -> result.isDone() || group.snapshot().blockedCallers() == 1);
                context.getBean(ErrGroupRegistry.class).override("paused", 1, null, null, null);
                assertThat(result.get(30, TimeUnit.SECONDS)).isEqualTo("raised");
            });
        }

        @Test
        void dropped_gives_back_what_code_and_properties_say() {
            runner.run(context -> {
                ErrGroupRegistry registry = context.getBean(ErrGroupRegistry.class);
                ErrGroups groups = context.getBean(ErrGroups.class);
                registry.override("quote", 16, 17, null, Duration.ofSeconds(-1));
                try (ErrGroup open = groups.open("quote", o -> o.limit(9))) {
                    assertThat(open.limit()).isEqualTo(16);
                    assertThat(open.context().remaining()).isEmpty();
                    assertThat(registry.sharedLimit("quote").limit()).isEqualTo(17);
                    registry.dropOverride("quote");
                    assertThat(open.limit()).isEqualTo(9);
                    assertThat(open.context().remaining()).isPresent();
                    assertThat(registry.sharedLimit("quote").limit()).isEqualTo(-1);
                    assertThat(registry.settings("quote").overridden()).isEmpty();
                    assertThat(registry.settings("quote").options().timeout()).hasSeconds(5);
                }
            });
        }

        @Test
        void changes_only_what_it_says() {
            runner.run(context -> {
                ErrGroupRegistry registry = context.getBean(ErrGroupRegistry.class);
                registry.override("quote", 16, null, null, null);
                registry.override("quote", null, 3, null, null);
                assertThat(registry.settings("quote").options().limit()).isEqualTo(16);
                assertThat(registry.sharedLimit("quote").limit()).isEqualTo(3);
                assertThat(registry.settings("quote").overridden()).containsExactlyInAnyOrder("limit", "shared-limit");
            });
        }

        @Test
        void is_refused_with_the_rule_and_changes_nothing() {
            runner.run(context -> {
                ErrGroupRegistry registry = context.getBean(ErrGroupRegistry.class);
                assertThatIllegalArgumentException()
                        .isThrownBy(() -> registry.override("quote", 0, null, null, null))
                        .withMessage("limit 0: must be above 0, or -1 for no limit");
                assertThatIllegalArgumentException()
                        .isThrownBy(() -> registry.override("quote", 5, -2, null, null))
                        .withMessage("shared-limit -2: must be above 0, or -1 for no limit");
                assertThatIllegalArgumentException()
                        .isThrownBy(() -> registry.override("quote", 5, null, null, Duration.ZERO))
                        .withMessageStartingWith("timeout PT0S: must be above zero");
                assertThat(registry.settings("quote").options().limit()).isEqualTo(4);
                assertThatExceptionOfType(NoSuchElementException.class)
                        .isThrownBy(() -> registry.override("nobody", 5, null, null, null));
            });
        }

        @Test
        void raised_wakes_a_caller_that_is_blocked() {
            runner.run(context -> {
                CountDownLatch hold = new CountDownLatch(1);
                CountDownLatch second = new CountDownLatch(1);
                try (ErrGroup group = context.getBean(ErrGroups.class).open("quote", o -> o.limit(1))) {
                    group.go(() -> hold.await());
                    CompletableFuture<Subtask<Void>> blocked =
                            CompletableFuture.supplyAsync(() -> group.go(second::countDown));
                    context.getBean(ErrGroupRegistry.class).override("quote", 2, null, null, null);
                    assertThat(second.await(30, TimeUnit.SECONDS)).isTrue();
                    blocked.join();
                    hold.countDown();
                    group.await();
                }
            });
        }
    }

    @Nested
    class Shared_limits {
        @Test
        void span_all_open_groups_of_a_name() {
            runner.withPropertyValues("errgroup.groups.quote.shared-limit=2").run(context -> {
                ErrGroups groups = context.getBean(ErrGroups.class);
                AtomicInteger running = new AtomicInteger();
                AtomicInteger most = new AtomicInteger();
                List<CompletableFuture<Void>> callers = new ArrayList<>();
                for (int caller = 0; caller < 8; caller++) {
                    callers.add(CompletableFuture.runAsync(
                            () -> fill(groups, "quote", running, most), command -> new Thread(command).start()));
                }
                callers.forEach(CompletableFuture::join);
                assertThat(most).hasValue(2);
            });
        }

        private void fill(ErrGroups groups, String name, AtomicInteger running, AtomicInteger most) {
            try (ErrGroup group = groups.open(name)) {
                for (int i = 0; i < 50; i++) {
                    group.go(() -> {
                        int now = running.incrementAndGet();
                        most.accumulateAndGet(now, Math::max);
                        Thread.yield();
                        running.decrementAndGet();
                    });
                }
                group.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        @Test
        void let_two_names_open_each_other() {
            runner.withPropertyValues(
                            "errgroup.groups.a.shared-limit=1",
                            "errgroup.groups.a.limit=1",
                            "errgroup.groups.b.shared-limit=1",
                            "errgroup.groups.b.limit=1")
                    .run(context -> {
                        ErrGroups groups = context.getBean(ErrGroups.class);
                        CountDownLatch bothIn = new CountDownLatch(2);
                        CompletableFuture<String> one = nest(groups, "a", "b", bothIn);
                        CompletableFuture<String> two = nest(groups, "b", "a", bothIn);
                        assertThat(one.get(30, TimeUnit.SECONDS)).isEqualTo("b in a");
                        assertThat(two.get(30, TimeUnit.SECONDS)).isEqualTo("a in b");
                    });
        }

        private CompletableFuture<String> nest(ErrGroups groups, String outer, String inner, CountDownLatch bothIn) {
            return CompletableFuture.supplyAsync(
                    () -> {
                        try (ErrGroup group = groups.open(outer)) {
                            Subtask<String> task = group.go(() -> {
                                bothIn.countDown();
                                bothIn.await();
                                try (ErrGroup nested = groups.open(inner)) {
                                    Subtask<String> leaf = nested.go(() -> inner + " in " + outer);
                                    nested.await();
                                    return leaf.get();
                                }
                            });
                            group.await();
                            return task.get();
                        } catch (InterruptedException e) {
                            throw new IllegalStateException(e);
                        }
                    },
                    command -> new Thread(command).start());
        }

        @Test
        void let_a_thousand_mixed_groups_over_three_names_complete() {
            runner.withPropertyValues(
                            "errgroup.groups.a.shared-limit=1",
                            "errgroup.groups.b.shared-limit=2",
                            "errgroup.groups.c.shared-limit=3",
                            "errgroup.groups.c.limit=2")
                    .run(context -> {
                        ErrGroups groups = context.getBean(ErrGroups.class);
                        List<String> names = List.of("a", "b", "c");
                        AtomicInteger leaves = new AtomicInteger();
                        groups.forEach("callers", numbers(1_000), i -> {
                            String outer = names.get(i % 3);
                            String inner = names.get(i / 3 % 3);
                            groups.forEach(
                                    outer,
                                    List.of(1, 2),
                                    any -> groups.forEach(inner, List.of(1, 2), leaf -> leaves.incrementAndGet()));
                        });
                        assertThat(leaves).hasValue(4_000);
                        assertThat(groups.live()).isEmpty();
                    });
        }

        private List<Integer> numbers(int count) {
            return IntStream.range(0, count).boxed().toList();
        }
    }
}
