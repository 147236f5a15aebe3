package io.github.errgroup.sample.suppliers;

import java.net.URI;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * {@code sample.suppliers.*}.
 *
 * @param baseUrl where the suppliers are; unset, they are played by this application
 * @param port the port on loopback where this application plays them; 0 for any free one
 * @param connectTimeout how long to wait for a connection to a supplier
 * @param behaviour how the played ones behave, by name; can be changed at run time
 */
@ConfigurationProperties("sample.suppliers")
public record SupplierProperties(
        @Nullable URI baseUrl,
        @DefaultValue("0") int port,
        @DefaultValue("30s") Duration connectTimeout,
        @DefaultValue Map<Supplier, SupplierBehaviour> behaviour) {}
