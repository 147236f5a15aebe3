package io.github.errgroup;

import java.util.Iterator;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads items in the calling thread, one at a time, until the group that they are for is cancelled. */
final class Reading {
    private Reading() {}

    static <T extends @Nullable Object> void read(
            Iterator<? extends T> items, GroupContext context, Consumer<? super T> submit) {
        while (!context.isCancelled() && items.hasNext()) {
            submit.accept(items.next());
        }
    }

    /**
     * The stream pushes its items: its iterator, and on some JDKs a flatMap before an operation that ends early, would buffer
     * what an inner stream gives. A stream that pushes is stopped by nothing but a throwable.
     */
    static <T extends @Nullable Object> void read(
            Stream<? extends T> items, GroupContext context, Consumer<? super T> submit) {
        if (context.isCancelled()) {
            return;
        }
        Stop stop = new Stop();
        try {
            items.sequential().forEachOrdered(item -> {
                submit.accept(item);
                if (context.isCancelled()) {
                    throw stop;
                }
            });
        } catch (Stop thrown) {
            if (thrown != stop) {
                throw thrown; // of another group, whose stream reads this one's
            }
            for (Throwable closing : stop.getSuppressed()) {
                Log.warn(context + ": what a stream reads could not be closed after the group was cancelled", closing);
            }
        }
    }

    /** Ends the reading of a stream. An Error, since operations of the user's may catch every Exception. */
    private static final class Stop extends Error {
        private static final long serialVersionUID = 1L;

        Stop() {
            super("the group was cancelled: no more items are read", null, true, false);
        }
    }
}
