package io.github.errgroup.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.github.errgroup.ContextPropagator;
import io.github.errgroup.ErrGroup;
import io.github.errgroup.ErrGroupOptions;
import io.github.errgroup.ErrGroups;
import io.github.errgroup.GroupListener;
import io.github.errgroup.Subtask;
import io.github.errgroup.spring.ErrGroupRegistry;
import io.github.errgroup.spring.NamedGroupListeners;
import io.micrometer.context.ContextSnapshotFactory;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Scope;
import org.springframework.core.annotation.Order;

class ErrGroupAutoConfigurationTest {
    private final ApplicationContextRunner runner = Contexts.wired();

    @Test
    void groups_are_opened_by_the_factory_bean() {
        runner.run(context -> {
            ErrGroups groups = context.getBean(ErrGroups.class);
            try (ErrGroup group = groups.open("quote")) {
                Subtask<String> task = group.go(() -> "done");
                group.await();
                assertThat(task.get()).isEqualTo("done");
                assertThat(group.name()).isEqualTo("quote");
            }
        });
    }

    @Test
    void a_group_without_a_name_is_the_default_one() {
        runner.run(context -> {
            try (ErrGroup group = context.getBean(ErrGroups.class).open()) {
                assertThat(group.name()).isEqualTo("default");
            }
        });
    }

    @Test
    void live_knows_a_group_from_its_opening_to_its_end() {
        runner.run(context -> {
            ErrGroups groups = context.getBean(ErrGroups.class);
            ErrGroupRegistry registry = context.getBean(ErrGroupRegistry.class);
            assertThat(groups.live()).isEmpty();
            try (ErrGroup group = groups.open("quote")) {
                assertThat(groups.live()).containsExactly(group);
                assertThat(registry.live("quote")).containsExactly(group);
                group.await();
                assertThat(groups.live()).isEmpty();
            }
        });
    }

    @Test
    void live_knows_a_group_whose_listeners_were_replaced_in_code() {
        runner.run(context -> {
            ErrGroups groups = context.getBean(ErrGroups.class);
            try (ErrGroup group = groups.open("quote", o -> o.listeners(List.of()))) {
                assertThat(groups.live()).containsExactly(group);
            }
            assertThat(groups.live()).isEmpty();
        });
    }

    @Test
    void a_null_is_refused_by_name() {
        runner.run(context -> {
            ErrGroups groups = context.getBean(ErrGroups.class);
            assertThatNullPointerException().isThrownBy(() -> groups.open(null)).withMessage("name");
            assertThatNullPointerException()
                    .isThrownBy(() -> groups.open(null, o -> {}))
                    .withMessage("name");
            assertThatNullPointerException()
                    .isThrownBy(() -> groups.open("quote", null))
                    .withMessage("changes");
        });
    }

    @Test
    void the_group_bean_is_a_new_one_each_time() {
        runner.run(context -> {
            ErrGroup first = context.getBean(ErrGroup.class);
            ErrGroup second = context.getBean(ErrGroup.class);
            assertThat(first).isNotSameAs(second);
            first.go(() -> "one");
            first.await();
            second.go(() -> "two");
            second.await();
        });
    }

    @Test
    void a_group_bean_that_nobody_used_is_not_live() {
        runner.run(context -> {
            ErrGroup unused = context.getBean(ErrGroup.class);
            assertThat(context.getBean(ErrGroups.class).live()).isEmpty();
            unused.go(() -> "used");
            assertThat(context.getBean(ErrGroups.class).live()).containsExactly(unused);
            unused.await();
        });
    }

    @Test
    void call_map_and_for_each_await_their_group() {
        runner.run(context -> {
            ErrGroups groups = context.getBean(ErrGroups.class);
            assertThat(groups.map("numbers", List.of(1, 2, 3), n -> n * n)).containsExactly(1, 4, 9);
            List<Integer> seen = new CopyOnWriteArrayList<>();
            groups.forEach("numbers", List.of(1, 2, 3), seen::add);
            assertThat(seen).containsExactlyInAnyOrder(1, 2, 3);
            Subtask<String> task = groups.<Subtask<String>, RuntimeException>call("one", group -> group.go(() -> "x"));
            assertThat(task.get()).isEqualTo("x");
            assertThat(groups.live()).isEmpty();
        });
    }

    @Test
    void no_executor_is_published() {
        runner.run(context ->
                assertThat(context.getBeansOfType(Executor.class)).containsOnlyKeys("applicationTaskExecutor"));
    }

    @Nested
    class Backs_off {
        @Test
        void for_the_factory_of_the_application() {
            runner.withUserConfiguration(OwnFactory.class).run(context -> {
                assertThat(context).hasSingleBean(ErrGroups.class);
                assertThat(context.getBean(ErrGroups.class)).isSameAs(context.getBean("mine"));
                assertThat(context.getBean(ErrGroup.class).name()).isEqualTo("default");
            });
        }

        @Test
        void for_the_group_of_the_application() {
            runner.withUserConfiguration(OwnGroup.class)
                    .withPropertyValues("errgroup.groups.stock.limit=3")
                    .run(context -> {
                        assertThat(context).doesNotHaveBean("errGroup");
                        assertThat(context.getBean(ErrGroup.class).name()).isEqualTo("mine");
                        assertThat(context.getBean(TakesTheDefault.class).group.name())
                                .isEqualTo("mine");
                    });
        }

        @Test
        void for_a_named_group_of_the_application() {
            runner.withUserConfiguration(OwnNamedGroup.class, TakesStock.class)
                    .withPropertyValues("errgroup.groups.stock.limit=3", "errgroup.groups.other.limit=4")
                    .run(context -> {
                        assertThat(context).doesNotHaveBean("errgroup.groups.stock");
                        assertThat(context).hasBean("errgroup.groups.other");
                        assertThat(context.getBean(TakesStock.class).group.name())
                                .isEqualTo("mine");
                    });
        }

        @Test
        void for_the_propagator_of_the_application() {
            runner.withUserConfiguration(OwnPropagator.class).run(context -> {
                assertThat(context).hasSingleBean(ContextPropagator.class);
                assertThat(context).hasBean("mine");
                try (ErrGroup group = context.getBean(ErrGroups.class).open("quote")) {
                    assertThat(group.options().contextPropagator()).isSameAs(context.getBean("mine"));
                }
            });
        }
    }

    @Nested
    class Without_context_propagation {
        @Test
        void on_the_class_path_nothing_is_carried() {
            runner.withClassLoader(new FilteredClassLoader(ContextSnapshotFactory.class))
                    .run(context -> {
                        assertThat(context).doesNotHaveBean(ContextPropagator.class);
                        try (ErrGroup group = context.getBean(ErrGroups.class).open("quote")) {
                            assertThat(group.options().contextPropagator()).isNull();
                        }
                    });
        }

        @Test
        void by_property_nothing_is_carried() {
            runner.withPropertyValues("errgroup.context-propagation.enabled=false")
                    .run(context -> assertThat(context).doesNotHaveBean(ContextPropagator.class));
        }
    }

    @Test
    void without_reactor_nothing_guards_the_wait() {
        runner.withClassLoader(new FilteredClassLoader("reactor")).run(context -> {
            try (ErrGroup group = context.getBean(ErrGroups.class).open("quote")) {
                assertThat(group.options().toString()).doesNotContain("waitGuard");
            }
        });
    }

    @Test
    void customizers_change_in_order_what_properties_say() {
        runner.withUserConfiguration(Customizers.class)
                .withPropertyValues("errgroup.limit=2", "errgroup.groups.quote.limit=5")
                .run(context -> {
                    try (ErrGroup group = context.getBean(ErrGroups.class).open("quote")) {
                        assertThat(group.limit()).isEqualTo(5 * 10 + 1);
                    }
                    assertThat(context.getBean(ErrGroupRegistry.class)
                                    .settings("quote")
                                    .options()
                                    .limit())
                            .isEqualTo(51);
                    try (ErrGroup group = context.getBean(ErrGroups.class).open("quote", o -> o.limit(7))) {
                        assertThat(group.limit()).isEqualTo(7);
                    }
                });
    }

    @Test
    void listeners_hear_every_group_in_order_and_those_of_a_name_are_asked_for_once_per_configured_name() {
        runner.withUserConfiguration(Listeners.class)
                .withPropertyValues("errgroup.groups.quote.limit=5")
                .run(context -> {
                    @SuppressWarnings("unchecked")
                    List<String> heard = context.getBean("heard", List.class);
                    assertThat(heard).containsExactly("asked for default -1", "asked for quote 5");
                    heard.clear();
                    ErrGroups groups = context.getBean(ErrGroups.class);
                    groups.open("quote").close();
                    groups.open("unconfigured").close();
                    context.getBean(ErrGroup.class).await();
                    assertThat(heard)
                            .containsExactly(
                                    "accounted under quote: quote",
                                    "first quote",
                                    "second quote",
                                    "accounted under default: unconfigured",
                                    "first unconfigured",
                                    "second unconfigured",
                                    "accounted under default: default",
                                    "first default",
                                    "second default");
                });
    }

    @Configuration(proxyBeanMethods = false)
    static class OwnFactory {
        @Bean
        ErrGroups mine() {
            return ErrGroups.of(ErrGroupOptions.defaults());
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class OwnGroup {
        @Bean
        @Scope("prototype")
        ErrGroup mine() {
            return ErrGroup.open(o -> o.name("mine"));
        }

        @Bean
        TakesTheDefault takesTheDefault(ErrGroup group) {
            return new TakesTheDefault(group);
        }
    }

    record TakesTheDefault(ErrGroup group) {}

    @Configuration(proxyBeanMethods = false)
    static class OwnNamedGroup {
        @Bean
        @Scope("prototype")
        @Qualifier("stock")
        ErrGroup anyName() {
            return ErrGroup.open(o -> o.name("mine"));
        }
    }

    static class TakesStock {
        final ErrGroup group;

        TakesStock(@Qualifier("stock") ErrGroup group) {
            this.group = group;
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class OwnPropagator {
        @Bean
        ContextPropagator mine() {
            return () -> () -> () -> {};
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Customizers {
        @Bean
        @Order(2)
        ErrGroupCustomizer second() {
            return (name, options) -> options.limit(options.build().limit() + 1);
        }

        @Bean
        @Order(1)
        ErrGroupCustomizer first() {
            return (name, options) -> options.limit(options.build().limit() * 10);
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Listeners {
        @Bean
        List<String> heard() {
            return new CopyOnWriteArrayList<>();
        }

        @Bean
        NamedGroupListeners named(@Qualifier("heard") ObjectProvider<List<String>> heard) {
            return (meterName, settings) -> {
                heard.getObject()
                        .add("asked for " + meterName + " "
                                + (meterName.equals("default")
                                        ? -1
                                        : settings.options().limit()));
                return opened(heard::getObject, "accounted under " + meterName + ":");
            };
        }

        @Bean
        @Order(2)
        GroupListener.Factory second(@Qualifier("heard") ObjectProvider<List<String>> heard) {
            return opened(heard::getObject, "second");
        }

        @Bean
        @Order(1)
        GroupListener.Factory first(@Qualifier("heard") ObjectProvider<List<String>> heard) {
            return opened(heard::getObject, "first");
        }

        private static GroupListener.Factory opened(Supplier<List<String>> heard, String who) {
            return group -> new GroupListener() {
                @Override
                public void onOpen() {
                    heard.get().add(who + " " + group.name());
                }
            };
        }
    }
}
