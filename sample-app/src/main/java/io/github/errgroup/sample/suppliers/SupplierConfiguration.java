package io.github.errgroup.sample.suppliers;

import java.net.URI;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;

/** Plays the suppliers, unless the properties say where real ones are. */
@Configuration(proxyBeanMethods = false)
class SupplierConfiguration {
    /** Lazy: it starts when its address is needed, which is never if there are real suppliers. */
    @Bean
    @Lazy
    SupplierServer supplierServer(SupplierProperties properties, Catalogue catalogue, SupplierBehaviours behaviours) {
        return new SupplierServer(properties.port(), catalogue, behaviours);
    }

    @Bean
    SupplierAddress supplierAddress(SupplierProperties properties, ObjectProvider<SupplierServer> played) {
        @Nullable URI baseUrl = properties.baseUrl();
        return new SupplierAddress(
                baseUrl != null ? baseUrl : played.getObject().baseUrl());
    }
}
