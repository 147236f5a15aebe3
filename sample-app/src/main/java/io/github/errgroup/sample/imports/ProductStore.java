package io.github.errgroup.sample.imports;

import java.sql.DatabaseMetaData;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcUtils;
import org.springframework.jdbc.support.MetaDataAccessException;
import org.springframework.jdbc.support.SqlArrayValue;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** The third stage: saves the rows, all or none. Thread-safe. */
@Component
class ProductStore {
    /** One statement for a whole batch, with the same text for every size: JdbcClient has no batches. */
    private static final String UPSERT_H2 = """
            MERGE INTO product (sku, name, price, stock) KEY (sku)
            SELECT * FROM UNNEST(CAST(? AS VARCHAR ARRAY), CAST(? AS VARCHAR ARRAY),
                                 CAST(? AS NUMERIC(12, 2) ARRAY), CAST(? AS INTEGER ARRAY))
            """;

    /** Not MERGE: its join keeps the plan made when the table was empty, and a million rows then take an hour. */
    private static final String UPSERT_POSTGRES = """
            INSERT INTO product (sku, name, price, stock)
            SELECT * FROM UNNEST(CAST(? AS VARCHAR ARRAY), CAST(? AS VARCHAR ARRAY),
                                 CAST(? AS NUMERIC ARRAY), CAST(? AS INTEGER ARRAY))
            ON CONFLICT (sku) DO UPDATE SET name = excluded.name, price = excluded.price, stock = excluded.stock
            """;

    private final JdbcClient jdbc;

    private final TransactionTemplate transaction;

    private final String upsert;

    ProductStore(JdbcClient jdbc, TransactionTemplate transaction, DataSource dataSource)
            throws MetaDataAccessException {
        this.jdbc = jdbc;
        this.transaction = transaction;
        String product = JdbcUtils.extractDatabaseMetaData(dataSource, DatabaseMetaData::getDatabaseProductName);
        this.upsert = "PostgreSQL".equals(product) ? UPSERT_POSTGRES : UPSERT_H2;
    }

    /**
     * Saves all rows, in one transaction. The transaction begins and ends in the task that calls this, since it is bound to
     * a thread: a transaction of the thread that opened the group would not be seen here. Of two rows with the same sku the
     * later one counts.
     *
     * @param rows the rows
     * @param progress counts the rows that were saved
     */
    void save(Pipe<List<ProductRow>> rows, ImportProgress progress) {
        transaction.executeWithoutResult(status -> {
            for (@Nullable List<ProductRow> batch = next(rows); batch != null; batch = next(rows)) {
                merge(batch);
                progress.saved(batch.size());
            }
        });
    }

    private static @Nullable List<ProductRow> next(Pipe<List<ProductRow>> rows) {
        try {
            return rows.take();
        } catch (InterruptedException e) {
            throw new SaveInterruptedException(e);
        }
    }

    private void merge(List<ProductRow> batch) {
        // One statement may touch a row only once.
        Map<String, ProductRow> bySku = new LinkedHashMap<>();
        batch.forEach(row -> bySku.put(row.sku(), row));
        Collection<ProductRow> rows = bySku.values();
        if (rows.isEmpty()) {
            return;
        }
        jdbc.sql(upsert)
                .param(array("varchar", rows, ProductRow::sku))
                .param(array("varchar", rows, ProductRow::name))
                .param(array("numeric", rows, ProductRow::price))
                .param(array("integer", rows, ProductRow::stock))
                .update();
    }

    private static SqlArrayValue array(String type, Collection<ProductRow> rows, Function<ProductRow, Object> field) {
        return new SqlArrayValue(type, rows.stream().map(field).toArray());
    }

    /**
     * How many products there are.
     *
     * @return the count of the committed ones
     */
    long count() {
        return jdbc.sql("SELECT COUNT(*) FROM product").query(Long.class).single();
    }

    /** Carries an interrupt through Spring's callback. Its cause tells the group that this is a cancellation. */
    private static final class SaveInterruptedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        SaveInterruptedException(InterruptedException e) {
            super("interrupted while waiting for rows", e);
        }
    }
}
