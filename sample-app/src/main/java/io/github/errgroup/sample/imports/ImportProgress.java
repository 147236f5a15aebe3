package io.github.errgroup.sample.imports;

import java.util.concurrent.atomic.AtomicLong;

/** How far an import is. Thread-safe: each stage writes its own number, and any thread reads it. */
public final class ImportProgress {
    private final AtomicLong read = new AtomicLong();

    private final AtomicLong validated = new AtomicLong();

    private final AtomicLong saved = new AtomicLong();

    void read(int rows) {
        read.addAndGet(rows);
    }

    void validated(int rows) {
        validated.addAndGet(rows);
    }

    void saved(int rows) {
        saved.addAndGet(rows);
    }

    /**
     * Rows that went through the first stage.
     *
     * @return the count
     */
    public long read() {
        return read.get();
    }

    /**
     * Rows that went through the second stage.
     *
     * @return the count
     */
    public long validated() {
        return validated.get();
    }

    /**
     * Rows that went through the third stage: others see them only after the transaction was committed.
     *
     * @return the count
     */
    public long saved() {
        return saved.get();
    }
}
