package io.github.errgroup.sample.imports;

import io.github.errgroup.ErrGroup;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** One import, running or ended. Thread-safe. */
final class Import {
    /** Where an import is. */
    enum State {
        RUNNING,
        SUCCEEDED,
        FAILED,
        CANCELLED
    }

    private final String id;

    private final ImportProgress progress = new ImportProgress();

    private final long start = System.nanoTime();

    /** Null after the end. Written by the thread that imports, read by those that cancel. */
    private volatile @Nullable ErrGroup group;

    /** Written once, by the thread that imports. */
    private volatile @Nullable End end;

    private record End(State state, @Nullable String failure, Duration time) {}

    Import(String id, ErrGroup group) {
        this.id = id;
        this.group = group;
    }

    boolean isRunning() {
        return end == null;
    }

    String id() {
        return id;
    }

    ImportProgress progress() {
        return progress;
    }

    /** Cancels it. No effect if it has ended. */
    void cancel() {
        ErrGroup running = group;
        if (running != null) {
            running.cancel();
        }
    }

    void end(State state, @Nullable String failure) {
        end = new End(state, failure, age());
        group = null;
    }

    private Duration age() {
        return Duration.ofNanos(System.nanoTime() - start);
    }

    ImportView view() {
        End ended = end;
        return new ImportView(
                id,
                (ended == null ? State.RUNNING : ended.state()).name().toLowerCase(Locale.ROOT),
                progress.read(),
                progress.validated(),
                progress.saved(),
                (ended == null ? age() : ended.time()).toMillis(),
                ended == null ? null : ended.failure());
    }
}
