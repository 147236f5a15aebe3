package io.github.errgroup.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.errgroup.CancelReason;
import io.github.errgroup.ContextPropagator;
import io.github.errgroup.ErrGroup;
import io.github.errgroup.ErrGroupOptions;
import io.github.errgroup.ErrGroups;
import io.github.errgroup.GroupListener;
import io.github.errgroup.Subtask;
import io.github.errgroup.spring.ErrGroupRegistry;
import io.github.errgroup.spring.actuate.endpoint.ErrGroupsEndpoint;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Scope;

/** A context with a parent, both with the starter. */
class ChildContextTest {
    private static ApplicationContextRunner withActuator() {
        return Contexts.wired()
                .withConfiguration(AutoConfigurations.of(
                        ErrGroupMetricsAutoConfiguration.class, ErrGroupEndpointAutoConfiguration.class))
                .withPropertyValues("management.endpoints.web.exposure.include=errgroups");
    }

    /** What the test does with a child of a started parent. */
    private static void run(
            ApplicationContextRunner parent,
            ApplicationContextRunner child,
            Consumer<AssertableApplicationContext> test) {
        parent.run(above -> {
            assertThat(above).hasNotFailed();
            child.withParent(above).run(context -> {
                assertThat(context).hasNotFailed();
                test.accept(context);
            });
        });
    }

    static class Service {
        @Autowired
        ErrGroups groups;

        @Autowired
        ErrGroup unnamed;

        @Autowired
        @Qualifier("fetch")
        ErrGroup fetch;
    }

    @Test
    void factory_and_templates_have_the_settings_of_the_child() {
        run(
                Contexts.wired().withPropertyValues("errgroup.limit=5", "errgroup.groups.fetch.limit=4"),
                Contexts.wired()
                        .withPropertyValues("errgroup.groups.fetch.limit=3", "errgroup.timeout=7s")
                        .withBean(Service.class),
                context -> {
                    Service service = context.getBean(Service.class);
                    assertThat(service.groups).isSameAs(context.getBean(ErrGroups.class));
                    try (ErrGroup opened = service.groups.open("fetch");
                            ErrGroup unnamed = service.unnamed.fresh()) {
                        assertThat(opened.limit()).isEqualTo(3);
                        assertThat(service.fetch.limit()).isEqualTo(3);
                        assertThat(unnamed.limit()).isEqualTo(5);
                        assertThat(unnamed.options().timeout()).hasSeconds(7);
                        assertThat(context.getBean(ErrGroupRegistry.class).live())
                                .containsExactlyInAnyOrder(opened, unnamed);
                        assertThat(context.getParent().getBean(ErrGroups.class).live())
                                .isEmpty();
                    }
                });
    }

    @Test
    void its_shutdown_ends_its_groups_and_no_others() {
        Contexts.wired().run(above -> {
            ErrGroup parents = above.getBean(ErrGroups.class).open("parents");
            ErrGroup[] childs = new ErrGroup[1];
            Contexts.wired()
                    .withParent(above)
                    .withPropertyValues("errgroup.shutdown.grace-period=1ms")
                    .run(context -> {
                        childs[0] = context.getBean(ErrGroups.class).open("childs");
                        childs[0].go(() -> {
                            Thread.currentThread().join(); // until it is interrupted
                        });
                    });
            assertThat(childs[0].context().reason()).isEqualTo(CancelReason.SHUTDOWN);
            assertThat(childs[0].snapshot().pending()).isZero();
            assertThat(parents.context().isCancelled()).isFalse();
            parents.close();
        });
    }

    @Test
    void a_factory_and_a_group_of_the_application_in_the_parent_do_not_compete() {
        run(
                Contexts.wired().withUserConfiguration(OwnBeans.class),
                Contexts.wired()
                        .withPropertyValues("errgroup.groups.fetch.limit=3")
                        .withBean(Service.class),
                context -> {
                    assertThat(context.getBean(Service.class).groups)
                            .isSameAs(context.getBean("errGroups"))
                            .isNotSameAs(context.getParent().getBean(ErrGroups.class));
                    assertThat(context.getBean(Service.class).unnamed.name()).isEqualTo("default");
                    assertThat(context.getParent().getBean(ErrGroup.class).name())
                            .isEqualTo("mine");
                });
    }

    @Test
    void the_applications_own_beans_in_the_child_replace_the_starters_there() {
        run(Contexts.wired(), Contexts.wired().withUserConfiguration(OwnBeans.class), context -> {
            assertThat(context.getBean(ErrGroups.class)).isSameAs(context.getBean("mine"));
            assertThat(context.getBean(ErrGroup.class).name()).isEqualTo("mine");
            assertThat(context.getParent().getBean(ErrGroup.class).name()).isEqualTo("default");
        });
    }

    @Test
    void a_named_group_of_the_application_in_the_parent_is_the_one_of_its_qualifier() {
        run(
                Contexts.wired().withUserConfiguration(OwnNamed.class),
                Contexts.wired()
                        .withPropertyValues("errgroup.groups.fetch.limit=3")
                        .withBean(Service.class),
                context ->
                        assertThat(context.getBean(Service.class).fetch.name()).isEqualTo("mine"));
    }

    @Test
    void customizers_and_listeners_of_the_parent_hold_in_the_child_too() {
        List<String> heard = new CopyOnWriteArrayList<>();
        GroupListener.Factory listener = group -> new GroupListener() {
            @Override
            public void onOpen() {
                heard.add(group.name());
            }
        };
        run(
                Contexts.wired()
                        .withBean("customizer", ErrGroupCustomizer.class, () -> (name, options) -> options.limit(11))
                        .withBean("listener", GroupListener.Factory.class, () -> listener),
                Contexts.wired(),
                context -> {
                    try (ErrGroup group = context.getBean(ErrGroups.class).open("fetch")) {
                        assertThat(group.limit()).isEqualTo(11);
                    }
                    assertThat(heard).containsExactly("fetch");
                });
    }

    @Test
    void the_propagator_is_the_childs_unless_the_application_has_one_in_the_parent() throws Exception {
        run(
                Contexts.wired(),
                Contexts.wired().withPropertyValues("errgroup.context-propagation.mdc-keys=requestId"),
                context -> {
                    MDC.put("requestId", "7");
                    try (ErrGroup group = context.getBean(ErrGroups.class).open("fetch")) {
                        Subtask<String> id = group.go(() -> MDC.get("requestId"));
                        group.await();
                        assertThat(id.get()).isEqualTo("7");
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    } finally {
                        MDC.remove("requestId");
                    }
                });
        ContextPropagator own = () -> () -> () -> {};
        run(Contexts.wired().withBean("own", ContextPropagator.class, () -> own), Contexts.wired(), context -> {
            try (ErrGroup group = context.getBean(ErrGroups.class).open("fetch")) {
                assertThat(group.options().contextPropagator()).isSameAs(own);
            }
        });
    }

    @Test
    void the_endpoint_of_each_reports_its_own_groups() {
        run(
                withActuator().withPropertyValues("errgroup.groups.above.limit=5"),
                withActuator().withPropertyValues("errgroup.groups.below.limit=3"),
                context -> {
                    context.getBean(ErrGroups.class).open("below").close();
                    assertThat(context.getBean(ErrGroupsEndpoint.class)
                                    .one("below")
                                    .totals()
                                    .groups()
                                    .succeeded())
                            .isEqualTo(1);
                    ErrGroupsEndpoint above = context.getParent().getBean(ErrGroupsEndpoint.class);
                    assertThat(above).isNotSameAs(context.getBean(ErrGroupsEndpoint.class));
                    assertThat(above.one("below")).isNull();
                });
    }

    @Test
    void what_the_parent_accounts_for_is_not_the_childs() {
        MeterRegistry meters = new SimpleMeterRegistry();
        run(
                withActuator().withBean(MeterRegistry.class, () -> meters),
                withActuator()
                        .withPropertyValues(
                                "errgroup.metrics.enabled=false",
                                "management.endpoints.web.exposure.exclude=errgroups",
                                "errgroup.groups.below.limit=3"),
                context -> {
                    context.getBean(ErrGroups.class).open("below").close();
                    assertThat(meters.get("errgroup.group").timers())
                            .allSatisfy(timer -> assertThat(timer.count()).isZero());
                    assertThat(meters.find("errgroup.group")
                                    .tag("group", "below")
                                    .timer())
                            .isNull();
                    assertThat(context.getParent()
                                    .getBean(ErrGroupsEndpoint.class)
                                    .all()
                                    .names()
                                    .values())
                            .allSatisfy(report -> assertThat(
                                            report.totals().groups().succeeded())
                                    .isZero());
                });
    }

    @Test
    void a_management_context_has_no_set_of_its_own() throws Exception {
        SpringApplication application = new SpringApplication(Managed.class);
        try (ConfigurableApplicationContext context = application.run(
                "--server.port=0",
                "--management.server.port=0",
                "--management.endpoints.web.exposure.include=errgroups",
                "--errgroup.groups.fetch.limit=3")) {
            try (ErrGroup group = context.getBean(ErrGroups.class).open("fetch")) {
                String port = context.getEnvironment().getProperty("local.management.port");
                assertThat(port).isNotEqualTo(context.getEnvironment().getProperty("local.server.port"));
                HttpRequest request = HttpRequest.newBuilder(
                                URI.create("http://localhost:" + port + "/actuator/errgroups/fetch"))
                        .build();
                String body = HttpClient.newHttpClient()
                        .send(request, HttpResponse.BodyHandlers.ofString())
                        .body();
                assertThat(body).contains("\"limit\":3").contains("\"open\":1");
                assertThat(group.context().isCancelled()).isFalse();
            }
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Managed {}

    @Configuration(proxyBeanMethods = false)
    static class OwnBeans {
        @Bean
        ErrGroups mine() {
            return ErrGroups.of(ErrGroupOptions.defaults());
        }

        @Bean
        @Scope("prototype")
        ErrGroup myGroup() {
            return ErrGroup.open(o -> o.name("mine"));
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class OwnNamed {
        @Bean
        @Scope("prototype")
        @Qualifier("fetch")
        ErrGroup anyName() {
            return ErrGroup.open(o -> o.name("mine"));
        }
    }
}
