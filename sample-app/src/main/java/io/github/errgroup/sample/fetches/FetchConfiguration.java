package io.github.errgroup.sample.fetches;

import org.apache.hc.client5.http.SystemDefaultDnsResolver;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The client for URLs from outside. */
@Configuration(proxyBeanMethods = false)
class FetchConfiguration {
    @Bean
    WebFetcher webFetcher(FetchProperties properties) {
        AddressPolicy policy = properties.allowPrivateTargets() ? address -> true : new PublicAddresses();
        return new WebFetcher(properties, SystemDefaultDnsResolver.INSTANCE, policy);
    }
}
