package io.github.errgroup.sample.suppliers;

import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.NamedCsvRecord;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.core.io.ClassPathResource;
import org.springframework.stereotype.Component;

/** The suppliers' thousand products, from {@code products.csv} on the class path. Immutable. */
@Component
public class Catalogue {
    private final Map<String, Product> products;

    private final List<String> skus;

    Catalogue() {
        this.products = Collections.unmodifiableMap(read());
        this.skus = List.copyOf(products.keySet());
    }

    private static Map<String, Product> read() {
        Map<String, Product> products = new LinkedHashMap<>();
        try (InputStream seed = new ClassPathResource("products.csv").getInputStream();
                CsvReader<NamedCsvRecord> rows = CsvReader.builder().ofNamedCsvRecord(seed, StandardCharsets.UTF_8)) {
            for (NamedCsvRecord row : rows) {
                products.put(
                        row.getField("sku"),
                        new Product(
                                row.getField("sku"),
                                row.getField("name"),
                                new BigDecimal(row.getField("price")),
                                Integer.parseInt(row.getField("stock")),
                                new BigDecimal(row.getField("rating")),
                                Integer.parseInt(row.getField("reviews")),
                                Integer.parseInt(row.getField("shipping_days"))));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("products.csv cannot be read", e);
        }
        return products;
    }

    /**
     * One product.
     *
     * @param sku its key
     * @return empty if there is none
     */
    public Optional<Product> find(String sku) {
        return Optional.ofNullable(products.get(sku));
    }

    /**
     * The keys of all products.
     *
     * @return in the order of the file
     */
    public List<String> skus() {
        return skus;
    }
}
