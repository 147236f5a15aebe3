package io.github.errgroup.benchmarks.rivals;

import io.github.errgroup.ErrGroup;
import io.github.errgroup.ErrGroups;
import io.github.errgroup.spring.autoconfigure.ErrGroupAutoConfiguration;
import io.github.errgroup.spring.autoconfigure.ErrGroupContextPropagationAutoConfiguration;
import io.github.errgroup.spring.autoconfigure.ErrGroupMetricsAutoConfiguration;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.Map;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.core.env.MapPropertySource;

/** Groups as a Boot application has them: opened by the starter's factory, with its meters and its context. */
final class StarterGroups {
    private static final ErrGroups GROUPS = started();

    private StarterGroups() {}

    /** @param name one of the names that are configured below */
    static ErrGroup open(String name) {
        return GROUPS.open(name);
    }

    /** Ends with the JVM. */
    private static ErrGroups started() {
        Observed.register();
        AnnotationConfigApplicationContext application = new AnnotationConfigApplicationContext();
        application
                .getEnvironment()
                .getPropertySources()
                .addFirst(new MapPropertySource(
                        "benchmark",
                        Map.of(
                                "errgroup.groups.errgroup-fresh.executor.reuse-threads", "false",
                                "errgroup.groups.errgroup-reuse.executor.reuse-threads", "true")));
        application.registerBean(MeterRegistry.class, SimpleMeterRegistry::new);
        application.register(
                ErrGroupContextPropagationAutoConfiguration.class,
                ErrGroupMetricsAutoConfiguration.class,
                ErrGroupAutoConfiguration.class);
        application.refresh();
        return application.getBean(ErrGroups.class);
    }
}
