package io.github.errgroup.sample.runs;

import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;

/**
 * A file of products that comes in at the pace of a slow line, 10,000 rows a second, so that an import can be watched.
 * Not thread-safe.
 */
final class PacedCsv extends InputStream {
    private static final int ROWS_PER_PIECE = 500;

    private static final long PIECE_MILLIS = 50;

    private final int rows;

    private final int badRow;

    private int row;

    private byte[] piece = "sku,name,price,stock\n".getBytes(StandardCharsets.UTF_8);

    private int at;

    /**
     * A file.
     *
     * @param rows how many rows it has
     * @param badRow the one, from 0, that breaks a rule; -1 for none
     */
    PacedCsv(int rows, int badRow) {
        this.rows = rows;
        this.badRow = badRow;
    }

    @Override
    public int read() throws InterruptedIOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) == -1 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws InterruptedIOException {
        if (at == piece.length) {
            if (row == rows) {
                return -1;
            }
            next();
        }
        int count = Math.min(length, piece.length - at);
        System.arraycopy(piece, at, buffer, offset, count);
        at += count;
        return count;
    }

    private void next() throws InterruptedIOException {
        try {
            Thread.sleep(PIECE_MILLIS);
        } catch (InterruptedException e) {
            throw new InterruptedIOException("interrupted while waiting for the next rows");
        }
        StringBuilder text = new StringBuilder();
        for (int last = Math.min(rows, row + ROWS_PER_PIECE); row < last; row++) {
            text.append("PAGE-").append(row).append(",Watched product ").append(row);
            text.append(row == badRow ? ",cheap,1\n" : ",9.99,1\n");
        }
        piece = text.toString().getBytes(StandardCharsets.UTF_8);
        at = 0;
    }
}
