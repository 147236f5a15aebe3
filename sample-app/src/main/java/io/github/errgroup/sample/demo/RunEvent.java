package io.github.errgroup.sample.demo;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Something that happened in a run, as the page reads it. */
sealed interface RunEvent {
    /** Milliseconds since the run began. */
    double at();

    /** The name of the event in the stream. */
    default String type() {
        return getClass().getSimpleName().toLowerCase(Locale.ROOT);
    }

    /** A task changed its state; {@code task} is its index, {@code failure} what it threw. */
    record Task(
            double at,
            long task,
            String name,
            String state,
            @Nullable String failure) implements RunEvent {}

    /** The limit is another one now. */
    record Limit(double at, int limit) implements RunEvent {}

    /** What the model is told of a tool that failed. */
    record Told(double at, String tool, String response) implements RunEvent {}

    /** The group was cancelled. */
    record Cancel(double at, String reason) implements RunEvent {}

    /** The last task has ended, so long after the cancellation. */
    record Cancelled(double at, double millis) implements RunEvent {}

    /** The group has ended; {@code state} is its outcome. */
    record End(double at, String state) implements RunEvent {}
}
