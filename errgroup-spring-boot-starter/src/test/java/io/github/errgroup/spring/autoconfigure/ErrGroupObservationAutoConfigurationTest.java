package io.github.errgroup.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.observation.ObservationRegistry;
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
