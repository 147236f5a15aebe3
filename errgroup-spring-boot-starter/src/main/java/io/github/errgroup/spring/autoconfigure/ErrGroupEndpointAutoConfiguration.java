package io.github.errgroup.spring.autoconfigure;

import io.github.errgroup.spring.ErrGroupRegistry;
import io.github.errgroup.spring.actuate.endpoint.ErrGroupsEndpoint;
import io.github.errgroup.spring.actuate.endpoint.GroupTotals;
import io.github.errgroup.spring.actuate.endpoint.RequestedSettingsAdvisor;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.endpoint.invoke.OperationInvokerAdvisor;
import org.springframework.boot.actuate.endpoint.web.annotation.WebEndpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for the {@code errgroups} endpoint, where it is exposed and not switched off. An endpoint that nobody can reach counts
 * nothing.
 */
@AutoConfiguration(after = ErrGroupAutoConfiguration.class)
@ConditionalOnClass({WebEndpoint.class, ConditionalOnAvailableEndpoint.class})
@ConditionalOnBean(value = ErrGroupRegistry.class, search = SearchStrategy.CURRENT)
public final class ErrGroupEndpointAutoConfiguration {

    ErrGroupEndpointAutoConfiguration() {}

    /** Apart, so that nobody looks for Actuator's condition where there is no Actuator. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnAvailableEndpoint(ErrGroupsEndpoint.class)
    static class Exposed {

        @Bean
        @ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
        ErrGroupsEndpoint errGroupsEndpoint(ErrGroupRegistry registry, GroupTotals errGroupTotals) {
            return new ErrGroupsEndpoint(registry, errGroupTotals);
        }

        /** A listener as any other: hears every group. */
        @Bean
        GroupTotals errGroupTotals(ErrGroupRegistry registry) {
            return new GroupTotals(registry::knownName);
        }

        @Bean
        OperationInvokerAdvisor errGroupRequestedSettings() {
            return new RequestedSettingsAdvisor();
        }
    }
}
