package io.github.errgroup.sample.fetches;

import io.github.errgroup.spring.autoconfigure.ErrGroupCustomizer;
import javax.net.ssl.SSLException;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;
import org.apache.hc.core5.http.ConnectionClosedException;
import org.apache.hc.core5.http.MalformedChunkCodingException;
import org.apache.hc.core5.http.NoHttpResponseException;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The client for URLs from outside, and what its exceptions mean to a group. */
@Configuration(proxyBeanMethods = false)
class FetchConfiguration {
    @Bean
    WebFetcher webFetcher(FetchProperties properties) {
        AddressPolicy policy = properties.allowPrivateTargets() ? address -> true : new PublicAddresses();
        return new WebFetcher(properties, SystemDefaultDnsResolver.INSTANCE, policy);
    }

    /**
     * A cancelled fetch closes its connection while the client reads from it. Where TLS or HTTP notice this before the
     * socket does, the client reports a broken answer. After the group was cancelled that is no failure of the URL: its
     * task is cancelled.
     */
    @Bean
    ErrGroupCustomizer brokenAnswersAreCancellations() {
        return (name, options) -> {
            if (name.equals("fetch")) {
                options.cancellationWhen(FetchConfiguration::isBrokenAnswer);
            }
        };
    }

    private static boolean isBrokenAnswer(Throwable failure) {
        return failure instanceof SSLException
                || failure instanceof ConnectionClosedException
                || failure instanceof NoHttpResponseException
                || failure instanceof MalformedChunkCodingException;
    }
}
