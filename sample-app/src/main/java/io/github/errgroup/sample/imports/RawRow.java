package io.github.errgroup.sample.imports;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A row of the file, without the white space around its fields.
 *
 * @param line where it begins, from 1
 * @param fields in the order of {@link Column}; none if it is bad
 * @param bad why it could not be read as a row; null if it could
 */
record RawRow(long line, List<String> fields, @Nullable BadRowException bad) {
    static RawRow good(long line, List<String> fields) {
        return new RawRow(line, fields, null);
    }

    static RawRow bad(long line, String value, String rule) {
        return new RawRow(line, List.of(), new BadRowException(line, "row", value, rule));
    }

    String field(Column column) {
        return fields.get(column.ordinal());
    }
}
