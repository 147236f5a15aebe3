package io.github.errgroup.sample.demo;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Enumeration;

/** A file of products that arrives at 10,000 rows a second, so that its import can be watched. Not thread-safe. */
final class PacedCsv implements Enumeration<InputStream> {
    private static final int ROWS_PER_PIECE = 500;

    private static final long PIECE_MILLIS = 50;

    private final int rows;

    private final int badRow;

    private int row;

    private PacedCsv(int rows, int badRow) {
        this.rows = rows;
        this.badRow = badRow;
    }

    /**
     * A file.
     *
     * @param rows how many rows it has
     * @param badRow the one, from 0, that breaks a rule; -1 for none
     */
    static InputStream of(int rows, int badRow) {
        return new SequenceInputStream(
                stream("sku,name,price,stock\n"), new SequenceInputStream(new PacedCsv(rows, badRow)));
    }

    @Override
    public boolean hasMoreElements() {
        return row < rows;
    }

    @Override
    public InputStream nextElement() {
        try {
            Thread.sleep(PIECE_MILLIS);
        } catch (InterruptedException e) {
            throw new UncheckedIOException(new InterruptedIOException("interrupted while waiting for the next rows"));
        }
        StringBuilder piece = new StringBuilder();
        for (int end = Math.min(rows, row + ROWS_PER_PIECE); row < end; row++) {
            piece.append("PAGE-%d,Watched product %d,%s,1\n".formatted(row, row, row == badRow ? "cheap" : "9.99"));
        }
        return stream(piece.toString());
    }

    private static InputStream stream(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }
}
