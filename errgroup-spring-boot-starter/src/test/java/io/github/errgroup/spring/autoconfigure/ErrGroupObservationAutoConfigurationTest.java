package io.github.errgroup.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.errgroup.ErrGroups;
import io.github.errgroup.spring.micrometer.DefaultErrGroupObservationConvention;
import io.github.errgroup.spring.micrometer.ErrGroupObservationConvention;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

class ErrGroupObservationAutoConfigurationTest {
    private static final String ENABLED = "errgroup.observations.enabled=true";

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(
                    AutoConfigurations.of(ErrGroupAutoConfiguration.class, ErrGroupObservationAutoConfiguration.class));

    private final ApplicationContextRunner withObservations =
            runner.withBean(ObservationRegistry.class, ObservationRegistry::create);

    @Test
    void groups_are_not_observed_unless_asked_for() {
        withObservations.run(context -> assertThat(context).hasNotFailed().doesNotHaveBean("errGroupObservations"));
    }

    @Test
    void groups_are_observed_where_asked_for() {
        withObservations
                .withPropertyValues(ENABLED)
                .run(context -> assertThat(context).hasNotFailed().hasBean("errGroupObservations"));
    }

    @Test
    void a_convention_of_the_application_names_the_observation() {
        List<String> observed = new CopyOnWriteArrayList<>();
        withObservations
                .withPropertyValues(ENABLED)
                .withBean(ErrGroupObservationConvention.class, OwnConvention::new)
                .run(context -> {
                    context.getBean(ObservationRegistry.class)
                            .observationConfig()
                            .observationHandler(new ObservationHandler<>() {
                                @Override
                                public void onStop(Observation.Context ended) {
                                    observed.add(ended.getName());
                                }

                                @Override
                                public boolean supportsContext(Observation.Context any) {
                                    return true;
                                }
                            });
                    context.getBean(ErrGroups.class).open().close();
                    assertThat(observed).containsExactly("fan.out");
                });
    }

    private static final class OwnConvention extends DefaultErrGroupObservationConvention {
        @Override
        public String getName() {
            return "fan.out";
        }
    }

    @Test
    void without_an_observation_registry_groups_are_not_observed() {
        runner.withPropertyValues(ENABLED)
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean("errGroupObservations"));
    }

    @Test
    void without_micrometer_on_the_class_path_the_application_starts() {
        runner.withPropertyValues(ENABLED)
                .withClassLoader(new FilteredClassLoader("io.micrometer"))
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean("errGroupObservations"));
    }
}
