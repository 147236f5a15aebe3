package io.github.errgroup.sample.imports;

import java.util.List;

/**
 * A row as the file has it, without the white space around its fields.
 *
 * @param line where it begins, from 1
 * @param fields in the order of {@link Column}
 */
record RawRow(long line, List<String> fields) {
    String field(Column column) {
        return fields.get(column.ordinal());
    }
}
