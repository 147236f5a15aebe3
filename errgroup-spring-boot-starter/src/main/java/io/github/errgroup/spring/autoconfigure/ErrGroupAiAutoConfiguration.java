package io.github.errgroup.spring.autoconfigure;

import io.github.errgroup.ErrGroups;
import io.github.errgroup.spring.ai.ErrGroupToolCallingManager;
import org.springframework.ai.model.tool.ToolCallLimitExceededException;
import org.springframework.ai.model.tool.ToolCallingManager;
import org.springframework.ai.tool.execution.DefaultToolExecutionExceptionProcessor;
import org.springframework.ai.tool.execution.ToolExecutionExceptionProcessor;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;

/**
 * {@link EnableAutoConfiguration Auto-configuration} that puts an {@link ErrGroupToolCallingManager} around each
 * {@link ToolCallingManager} bean, Spring AI's or the application's own, so that the tool calls of one answer run side by
 * side. Needs Spring AI 2.0.1; {@code errgroup.ai.enabled=false} turns it off.
 */
@AutoConfiguration(after = ErrGroupAutoConfiguration.class)
@ConditionalOnClass(ToolCallLimitExceededException.class) // new in Spring AI 2.0.1
@ConditionalOnBean(ErrGroups.class)
@ConditionalOnBooleanProperty(name = "errgroup.ai.enabled", matchIfMissing = true)
public final class ErrGroupAiAutoConfiguration {

    ErrGroupAiAutoConfiguration() {}

    @Bean
    static BeanPostProcessor errGroupToolCallingManagers(
            ObjectProvider<ErrGroups> groups, ObjectProvider<ToolExecutionExceptionProcessor> errors) {
        return new ToolCallingManagers(groups, errors);
    }

    /**
     * Each bean of a manager is wrapped, wherever and under whatever condition it is published, and no second one is made.
     */
    private record ToolCallingManagers(
            ObjectProvider<ErrGroups> groups, ObjectProvider<ToolExecutionExceptionProcessor> errors)
            implements BeanPostProcessor {

        @Override
        public Object postProcessAfterInitialization(Object bean, String beanName) {
            if (!(bean instanceof ToolCallingManager manager) || bean instanceof ErrGroupToolCallingManager) {
                return bean;
            }
            return new ErrGroupToolCallingManager(
                    groups.getObject(),
                    manager,
                    () -> errors.getIfUnique(() ->
                            DefaultToolExecutionExceptionProcessor.builder().build()));
        }
    }
}
