package io.github.errgroup.spring.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.errgroup.ErrGroups;
import io.github.errgroup.GroupListener;
import io.github.errgroup.spring.autoconfigure.ErrGroupAutoConfiguration;
import io.github.errgroup.spring.autoconfigure.ErrGroupMetricsAutoConfiguration;
import io.github.errgroup.spring.autoconfigure.ErrGroupObservationAutoConfiguration;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MeterRegistryCustomizer;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationRegistryCustomizer;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What meters and observations of groups need may use groups itself: that is no circle of beans. */
@Timeout(60)
class GroupsInWhatListensTest {
    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withPropertyValues("errgroup.observations.enabled=true")
            .withConfiguration(AutoConfigurations.of(
                    MetricsAutoConfiguration.class,
                    SimpleMetricsExportAutoConfiguration.class,
                    CompositeMeterRegistryAutoConfiguration.class,
                    ObservationAutoConfiguration.class,
                    ErrGroupAutoConfiguration.class,
                    ErrGroupMetricsAutoConfiguration.class,
                    ErrGroupObservationAutoConfiguration.class));

    /** A service as an application has them. */
    record Exporter(ErrGroups groups) {
        void export() {
            groups.open("export").close();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Service {
        @Bean
        List<String> told() {
            return new CopyOnWriteArrayList<>();
        }

        @Bean
        Exporter exporter(ErrGroups groups) {
            return new Exporter(groups);
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Handler {
        @Bean
        ObservationHandler<Observation.Context> handler(Exporter exporter, List<String> told) {
            return new ObservationHandler<>() {
                @Override
                public void onStop(Observation.Context context) {
                    told.add(context.getName());
                    if (told.size() == 1) {
                        exporter.export();
                    }
                }

                @Override
                public boolean supportsContext(Observation.Context context) {
                    return true;
                }
            };
        }
    }

    @Test
    void a_handler_of_observations_may_use_groups() {
        runner.withUserConfiguration(Service.class, Handler.class).run(context -> {
            assertThat(context).hasNotFailed();
            context.getBean(Exporter.class).export();

            assertThat(context.getBean("told"))
                    .isEqualTo(List.of("errgroup.group.observation", "errgroup.group.observation"));
        });
    }

    @Configuration(proxyBeanMethods = false)
    static class ObservationCustomizer {
        @Bean
        ObservationRegistryCustomizer<ObservationRegistry> customizer(Exporter exporter, List<String> told) {
            return registry -> {
                told.add("customized");
                assertThat(exporter.groups().live()).isEmpty();
            };
        }
    }

    @Test
    void a_customizer_of_the_observation_registry_may_know_who_uses_groups() {
        runner.withUserConfiguration(Service.class, ObservationCustomizer.class)
                .run(context -> assertThat(context.getBean("told")).isEqualTo(List.of("customized")));
    }

    @Configuration(proxyBeanMethods = false)
    static class MeterCustomizer {
        @Bean
        MeterRegistryCustomizer<MeterRegistry> customizer(Exporter exporter, List<String> told) {
            return registry -> {
                told.add("customized");
                assertThat(exporter.groups().live()).isEmpty();
            };
        }
    }

    @Test
    void a_customizer_of_the_meter_registry_may_know_who_uses_groups() {
        runner.withUserConfiguration(Service.class, MeterCustomizer.class).run(context -> {
            assertThat(context.getBean("told")).isEqualTo(List.of("customized"));
            assertThat(context.getBean(MeterRegistry.class)
                            .find("errgroup.task")
                            .timers())
                    .isNotEmpty();
        });
    }

    @Configuration(proxyBeanMethods = false)
    static class Listener {
        @Bean
        GroupListener.Factory listener(Exporter exporter, List<String> told) {
            return group -> new GroupListener() {
                @Override
                public void onOpen() {
                    told.add(group.name());
                    assertThat(exporter.groups().live()).isNotNull();
                }
            };
        }
    }

    @Test
    void a_listener_may_use_groups() {
        runner.withUserConfiguration(Service.class, Listener.class).run(context -> {
            context.getBean(Exporter.class).export();

            assertThat(context.getBean("told")).isEqualTo(List.of("export"));
        });
    }

    @Configuration(proxyBeanMethods = false)
    static class AtTheStart {
        @Bean
        String usesAGroupAtOnce(ErrGroups groups) throws InterruptedException {
            groups.forEach("early", List.of(1), item -> {});
            return "used";
        }
    }

    @Test
    void a_group_that_opens_while_beans_are_made_is_counted() {
        runner.withUserConfiguration(AtTheStart.class)
                .run(context -> assertThat(context.getBean(MeterRegistry.class)
                                .get("errgroup.task")
                                .tags("group", "default", "outcome", "success")
                                .timer()
                                .count())
                        .isOne());
    }
}
