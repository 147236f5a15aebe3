package io.github.errgroup.sample.imports;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** Good rows without end, until it is closed. */
final class EndlessCsv extends InputStream {
    private byte[] row = "sku,name,price,stock\n".getBytes(StandardCharsets.UTF_8);

    private int at;

    private long line;

    private volatile boolean closed;

    @Override
    public int read() {
        if (at == row.length) {
            if (closed) {
                return -1;
            }
            line++;
            row = ("ENDLESS-" + line + ",Row " + line + ",1.00,1\n").getBytes(StandardCharsets.UTF_8);
            at = 0;
        }
        return row[at++];
    }

    @Override
    public int read(byte[] buffer, int offset, int length) {
        int count = 0;
        while (count < length) {
            int next = read();
            if (next == -1) {
                return count == 0 ? -1 : count;
            }
            buffer[offset + count++] = (byte) next;
        }
        return count;
    }

    /** Ends the file after the row that is being read. */
    void end() {
        closed = true;
    }

    @Override
    public void close() {
        end();
    }
}
