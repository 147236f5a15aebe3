package io.github.errgroup.sample.quotes;

import io.github.errgroup.sample.suppliers.SupplierAddress;
import io.github.errgroup.sample.suppliers.SupplierProperties;
import java.net.URI;
import java.net.http.HttpClient;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpStatus;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.support.RestClientAdapter;
import org.springframework.web.service.invoker.HttpServiceProxyFactory;

/** The client of the suppliers. */
@Configuration(proxyBeanMethods = false)
class QuoteConfiguration {
    private static final Logger log = LoggerFactory.getLogger(QuoteConfiguration.class);

    /**
     * Uses the JDK's HttpClient, because it notices an interrupt on any thread, and so a cancelled task: it drops the
     * request and its connection. A client on blocking sockets would notice it on virtual threads only.
     */
    @Bean
    RestClient supplierRestClient(RestClient.Builder builder, SupplierAddress address, SupplierProperties properties) {
        HttpClient http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(properties.connectTimeout())
                .build();
        return builder.requestFactory(new JdkClientHttpRequestFactory(http))
                .baseUrl(address.baseUrl().toString())
                .requestInterceptor((request, body, execution) -> {
                    log.debug("asking a supplier: {}", request.getURI().getPath());
                    return execution.execute(request, body);
                })
                .defaultStatusHandler(HttpStatus.NOT_FOUND::equals, (request, response) -> {
                    throw new UnknownSkuException(lastSegment(request.getURI()));
                })
                .build();
    }

    private static String lastSegment(URI uri) {
        return uri.getPath().substring(uri.getPath().lastIndexOf('/') + 1);
    }

    @Bean
    Suppliers suppliers(RestClient supplierRestClient) {
        return HttpServiceProxyFactory.builderFor(RestClientAdapter.create(supplierRestClient))
                .build()
                .createClient(Suppliers.class);
    }
}
