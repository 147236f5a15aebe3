package io.github.errgroup.contract;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** Collects what the engine logs while it is open, and keeps it off the console. */
final class LogTap extends Handler implements AutoCloseable {
    private final Logger logger = Logger.getLogger("io.github.errgroup");

    private final boolean useParents = logger.getUseParentHandlers();

    private final List<LogRecord> records = new CopyOnWriteArrayList<>();

    private volatile List<String> forbidden = List.of();

    private final AtomicInteger thrown = new AtomicInteger();

    LogTap() {
        logger.setUseParentHandlers(false);
        logger.addHandler(this);
    }

    /** From now on, what has one of these parts in its text cannot be logged: that throws. */
    void throwAt(String... parts) {
        forbidden = List.of(parts);
    }

    /** How often the log has thrown. */
    int thrown() {
        return thrown.get();
    }

    /** How many records have this exception. */
    long countOf(Throwable thrown) {
        return records.stream().filter(record -> record.getThrown() == thrown).count();
    }

    /** Whether the text of a record, or of its exception, has all these parts. */
    boolean has(String... parts) {
        return count(parts) > 0;
    }

    /** How many records have all these parts in their text. */
    long count(String... parts) {
        return records.stream()
                .map(LogTap::text)
                .filter(text -> List.of(parts).stream().allMatch(text::contains))
                .count();
    }

    private static String text(LogRecord record) {
        StringBuilder text = new StringBuilder(new java.util.logging.SimpleFormatter().formatMessage(record));
        for (Throwable thrown = record.getThrown(); thrown != null; thrown = thrown.getCause()) {
            text.append('\n').append(thrown);
            for (StackTraceElement frame : thrown.getStackTrace()) {
                text.append('\n').append(frame);
            }
        }
        return text.toString();
    }

    @Override
    public void publish(LogRecord record) {
        if (forbidden.stream().anyMatch(record.getMessage()::contains)) {
            thrown.incrementAndGet();
            throw new IllegalStateException("no log");
        }
        records.add(record);
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
        logger.removeHandler(this);
        logger.setUseParentHandlers(useParents);
    }
}
