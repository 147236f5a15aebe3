package io.github.errgroup.sample.imports;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** The columns of a file, in their order. */
enum Column {
    SKU,
    NAME,
    PRICE,
    STOCK;

    static final List<String> HEADER =
            Arrays.stream(values()).map(Column::header).toList();

    /** Its name in the first line. */
    String header() {
        return name().toLowerCase(Locale.ROOT);
    }
}
