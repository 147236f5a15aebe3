package io.github.errgroup.sample.imports;

/** A row breaks a rule. */
final class BadRowException extends Exception {
    private static final long serialVersionUID = 1L;

    private static final int MAX_VALUE_LENGTH = 100;

    private final long line;

    private final String column;

    private final String value;

    private final String rule;

    /**
     * A broken rule.
     *
     * @param line where the row begins, from 1
     * @param column the column's name, or "row" for the whole
     * @param value what is there; long ones are cut
     * @param rule "must ..."
     */
    BadRowException(long line, String column, String value, String rule) {
        super("line " + line + ", " + column + " '" + shorten(value) + "': " + rule);
        this.line = line;
        this.column = column;
        this.value = shorten(value);
        this.rule = rule;
    }

    private static String shorten(String value) {
        return value.length() <= MAX_VALUE_LENGTH ? value : value.substring(0, MAX_VALUE_LENGTH) + "…";
    }

    long line() {
        return line;
    }

    String column() {
        return column;
    }

    String value() {
        return value;
    }

    String rule() {
        return rule;
    }
}
