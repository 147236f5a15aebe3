package io.github.errgroup.sample.imports;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The second stage: checks every row against the rules. */
final class RowRules {
    private static final Pattern SKU = Pattern.compile("[A-Z0-9-]{1,32}");

    private static final Pattern PRICE = Pattern.compile("\\d{1,7}(\\.\\d{1,2})?");

    private static final Pattern STOCK = Pattern.compile("\\d{1,7}");

    private static final int MAX_NAME_LENGTH = 200;

    private static final int MAX_STOCK = 1_000_000;

    private static final BigDecimal MAX_PRICE = new BigDecimal(1_000_000);

    private final ImportProgress progress;

    RowRules(ImportProgress progress) {
        this.progress = progress;
    }

    /**
     * Checks all rows.
     *
     * @param from the rows
     * @param to where the checked rows go
     * @throws BadRowException for the first row of the file that could not be read or breaks a rule
     */
    void check(Pipe<List<RawRow>> from, Pipe<List<ProductRow>> to) throws BadRowException, InterruptedException {
        for (@Nullable List<RawRow> rows = from.take(); rows != null; rows = from.take()) {
            List<ProductRow> checked = new ArrayList<>(rows.size());
            for (RawRow row : rows) {
                checked.add(check(row));
            }
            progress.validated(checked.size());
            to.put(checked);
        }
        to.end();
    }

    /** Checks one row. */
    static ProductRow check(RawRow row) throws BadRowException {
        if (row.bad() != null) {
            throw row.bad();
        }
        String sku = row.field(Column.SKU).toUpperCase(Locale.ROOT);
        require(SKU.matcher(sku).matches(), row, Column.SKU, "must be 1 to 32 letters, digits or hyphens");
        String name = row.field(Column.NAME);
        // PostgreSQL does not store a NUL.
        require(
                !name.isEmpty()
                        && name.length() <= MAX_NAME_LENGTH
                        && name.chars().noneMatch(Character::isISOControl),
                row,
                Column.NAME,
                "must be 1 to " + MAX_NAME_LENGTH + " characters without control characters");
        String price = row.field(Column.PRICE);
        require(
                PRICE.matcher(price).matches() && new BigDecimal(price).compareTo(MAX_PRICE) <= 0,
                row,
                Column.PRICE,
                "must be from 0.00 to " + MAX_PRICE + " with at most 2 decimals");
        String stock = row.field(Column.STOCK);
        require(
                STOCK.matcher(stock).matches() && Integer.parseInt(stock) <= MAX_STOCK,
                row,
                Column.STOCK,
                "must be a whole number from 0 to " + MAX_STOCK);
        return new ProductRow(sku, name, new BigDecimal(price), Integer.parseInt(stock));
    }

    private static void require(boolean kept, RawRow row, Column column, String rule) throws BadRowException {
        if (!kept) {
            throw new BadRowException(row.line(), column.header(), row.field(column), rule);
        }
    }
}
