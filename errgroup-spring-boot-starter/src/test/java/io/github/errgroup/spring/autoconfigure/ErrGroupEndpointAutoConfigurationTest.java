package io.github.errgroup.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.errgroup.spring.actuate.endpoint.ErrGroupsEndpoint;
import io.github.errgroup.spring.actuate.endpoint.GroupTotals;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;

class ErrGroupEndpointAutoConfigurationTest {
    private static final String EXPOSED = "management.endpoints.web.exposure.include=errgroups";

    private final WebApplicationContextRunner runner = new WebApplicationContextRunner()
            .withConfiguration(
                    AutoConfigurations.of(ErrGroupAutoConfiguration.class, ErrGroupEndpointAutoConfiguration.class));

    @Test
    void the_endpoint_is_there_where_it_is_exposed() {
        runner.withPropertyValues(EXPOSED)
                .run(context -> assertThat(context).hasNotFailed().hasSingleBean(ErrGroupsEndpoint.class));
    }

    @Test
    void an_endpoint_that_is_not_exposed_counts_nothing() {
        runner.run(context -> assertThat(context)
                .hasNotFailed()
                .doesNotHaveBean(ErrGroupsEndpoint.class)
                .doesNotHaveBean(GroupTotals.class));
    }

    @Test
    void an_endpoint_without_access_counts_nothing() {
        runner.withPropertyValues(EXPOSED, "management.endpoint.errgroups.access=NONE")
                .run(context -> assertThat(context)
                        .hasNotFailed()
                        .doesNotHaveBean(ErrGroupsEndpoint.class)
                        .doesNotHaveBean(GroupTotals.class));
    }

    @Test
    void an_endpoint_of_the_application_takes_its_place() {
        runner.withPropertyValues(EXPOSED)
                .withBean("own", ErrGroupsEndpoint.class, () -> new ErrGroupsEndpoint(null, null))
                .run(context -> assertThat(context)
                        .hasSingleBean(ErrGroupsEndpoint.class)
                        .hasBean("own"));
    }

    @Test
    void without_actuator_on_the_class_path_the_application_starts() {
        runner.withPropertyValues(EXPOSED)
                .withClassLoader(new FilteredClassLoader("org.springframework.boot.actuate"))
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean("errGroupsEndpoint"));
    }
}
