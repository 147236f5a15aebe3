package io.github.errgroup.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.errgroup.spring.ErrGroupRegistry;
import io.github.errgroup.spring.NamedGroupListeners;
import io.github.errgroup.spring.micrometer.ErrGroupMeter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

class ErrGroupMetricsAutoConfigurationTest {
    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(
                    AutoConfigurations.of(ErrGroupAutoConfiguration.class, ErrGroupMetricsAutoConfiguration.class));

    private final ApplicationContextRunner withMeters =
            runner.withBean("meterRegistry", MeterRegistry.class, SimpleMeterRegistry::new);

    @Test
    void every_meter_of_every_configured_name_and_of_default_is_there_when_the_application_has_started() {
        withMeters
                .withPropertyValues("errgroup.groups.quote.limit=8", "errgroup.groups.stock.limit=-1")
                .run(context -> {
                    for (ErrGroupMeter meter : ErrGroupMeter.ofEveryName()) {
                        assertThat(groups(context, meter)).containsExactlyInAnyOrder("default", "quote", "stock");
                    }
                });
    }

    @Test
    void the_limit_is_the_one_that_holds_now() {
        withMeters
                .withPropertyValues("errgroup.groups.quote.limit=8", "errgroup.groups.stock.limit=-1")
                .run(context -> {
                    assertThat(limit(context, "quote", "group")).isEqualTo(8);
                    assertThat(limit(context, "quote", "shared")).isNaN();
                    assertThat(limit(context, "stock", "group")).isNaN();

                    context.getBean(ErrGroupRegistry.class).override("quote", 16, 32, null, null);

                    assertThat(limit(context, "quote", "group")).isEqualTo(16);
                    assertThat(limit(context, "quote", "shared")).isEqualTo(32);
                });
    }

    @Test
    void meters_can_be_switched_off() {
        withMeters
                .withPropertyValues("errgroup.metrics.enabled=false")
                .run(context -> assertThat(context).doesNotHaveBean("errGroupMeters"));
    }

    @Test
    void without_a_meter_registry_there_are_no_meters() {
        runner.run(context -> assertThat(context).hasNotFailed().doesNotHaveBean("errGroupMeters"));
    }

    @Test
    void of_two_meter_registries_none_is_chosen_at_random() {
        withMeters
                .withBean("second", MeterRegistry.class, SimpleMeterRegistry::new)
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean("errGroupMeters"));
    }

    @Test
    void without_micrometer_on_the_class_path_the_application_starts() {
        runner.withClassLoader(new FilteredClassLoader("io.micrometer"))
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean("errGroupMeters"));
    }

    @Test
    void a_bean_of_the_application_takes_the_place_of_the_meters() {
        NamedGroupListeners own = (name, settings) -> group -> null;
        withMeters
                .withBean("errGroupMeters", NamedGroupListeners.class, () -> own)
                .run(context -> {
                    assertThat(context.getBean("errGroupMeters")).isSameAs(own);
                    assertThat(context.getBean(MeterRegistry.class).getMeters()).isEmpty();
                });
    }

    private static Set<String> groups(AssertableApplicationContext context, ErrGroupMeter meter) {
        return context.getBean(MeterRegistry.class).find(meter.getName()).meters().stream()
                .map(registered -> String.valueOf(registered.getId().getTag("group")))
                .collect(Collectors.toSet());
    }

    private static double limit(AssertableApplicationContext context, String group, String scope) {
        return context.getBean(MeterRegistry.class)
                .get("errgroup.limit")
                .tags("group", group, "scope", scope)
                .gauge()
                .value();
    }
}
