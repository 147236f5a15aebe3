package io.github.errgroup.soak;

import io.github.errgroup.CancelReason;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** What the soak did, counted by itself. Exact once the load stands still. Thread-safe. */
final class Totals {
    final LongAdder groups = new LongAdder();

    final LongAdder groupsFailed = new LongAdder();

    /** Without a failure, and with a task that the deadline ended: what the engine calls the outcome TIMEOUT. */
    final LongAdder groupsExpired = new LongAdder();

    /** Groups cancelled, by reason. */
    private final Map<CancelReason, LongAdder> cancellations = new ConcurrentHashMap<>();

    final LongAdder submitted = new LongAdder();

    final LongAdder succeeded = new LongAdder();

    final LongAdder failed = new LongAdder();

    final LongAdder cancelled = new LongAdder();

    final LongAdder skipped = new LongAdder();

    /** There was no slot in time. */
    final LongAdder rejected = new LongAdder();

    /** How often each part of the mix happened. */
    private final Map<String, LongAdder> parts = new ConcurrentHashMap<>();

    void cancelled(CancelReason reason) {
        cancellations.computeIfAbsent(reason, r -> new LongAdder()).increment();
    }

    long cancellations(CancelReason reason) {
        LongAdder count = cancellations.get(reason);
        return count == null ? 0 : count.sum();
    }

    long cancellations() {
        return cancellations.values().stream().mapToLong(LongAdder::sum).sum();
    }

    void happened(String part) {
        parts.computeIfAbsent(part, p -> new LongAdder()).increment();
    }

    long of(String part) {
        LongAdder count = parts.get(part);
        return count == null ? 0 : count.sum();
    }

    Map<String, Long> parts() {
        Map<String, Long> all = new TreeMap<>();
        parts.forEach((part, count) -> all.put(part, count.sum()));
        return all;
    }
}
