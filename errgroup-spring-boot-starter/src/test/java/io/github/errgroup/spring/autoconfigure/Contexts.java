package io.github.errgroup.spring.autoconfigure;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** Application contexts with the wiring, and nothing of Actuator. */
public final class Contexts {
    private Contexts() {}

    public static ApplicationContextRunner wired() {
        return new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        TaskExecutionAutoConfiguration.class,
                        ErrGroupContextPropagationAutoConfiguration.class,
                        ErrGroupAutoConfiguration.class));
    }
}
