package io.github.errgroup.sample.quotes;

import io.github.errgroup.sample.suppliers.Supplier;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatus;
import org.springframework.web.client.RestClient;

/** Asks with a {@link RestClient}. */
final class RestSupplierClient implements SupplierClient {
    private static final Logger log = LoggerFactory.getLogger(RestSupplierClient.class);

    private final RestClient http;

    RestSupplierClient(RestClient http) {
        this.http = http;
    }

    @Override
    public <T> T ask(Supplier supplier, String sku, Class<T> type) {
        log.debug("asking supplier {} about {}", supplier.id(), sku);
        T answer = http.get()
                .uri("/{supplier}/{sku}", supplier.id(), sku)
                .retrieve()
                .onStatus(HttpStatus.NOT_FOUND::equals, (request, response) -> {
                    throw new UnknownSkuException(sku);
                })
                .body(type);
        return Objects.requireNonNull(answer, () -> "supplier " + supplier.id() + " answered without a body");
    }
}
