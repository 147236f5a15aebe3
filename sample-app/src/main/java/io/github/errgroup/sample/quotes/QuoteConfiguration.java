package io.github.errgroup.sample.quotes;

import io.github.errgroup.sample.suppliers.SupplierAddress;
import io.github.errgroup.sample.suppliers.SupplierBehaviours;
import io.github.errgroup.sample.suppliers.SupplierProperties;
import java.net.http.HttpClient;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.web.client.RestClient;

/** The client of the suppliers. */
@Configuration(proxyBeanMethods = false)
class QuoteConfiguration {
    /**
     * On the JDK's HttpClient, because a cancelled task is interrupted and this client notices on any thread: it drops
     * the exchange and its connection. A client on blocking sockets would notice on virtual threads only.
     */
    @Bean
    RestClient supplierRestClient(RestClient.Builder builder, SupplierAddress address, SupplierProperties properties) {
        HttpClient http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(properties.connectTimeout())
                .build();
        return builder.requestFactory(new JdkClientHttpRequestFactory(http))
                .baseUrl(address.baseUrl().toString())
                .build();
    }

    @Bean
    SupplierClient supplierClient(RestClient supplierRestClient, SupplierBehaviours behaviours) {
        return new StragglerSupplierClient(new RestSupplierClient(supplierRestClient), behaviours);
    }
}
