package io.github.errgroup.soak;

import java.util.Locale;

/**
 * One line of the report: what the minute brought, and what was left at its quiet point.
 *
 * @param number from 1
 * @param tasks submitted in it
 * @param groups opened in it
 * @param failed tasks that failed in it
 * @param cancelled tasks that were cancelled in it
 * @param skipped tasks that were skipped in it
 * @param cancellations groups that were cancelled in it
 * @param threads live platform threads
 * @param heapMegabytes heap in use after a collection
 * @param ownHeld slots of standing groups that are held, 0 where none is lost
 * @param ownSlots slots that standing groups have
 * @param sharedHeld slots of shared limits that are held, 0 where none is lost
 * @param sharedSlots slots that shared limits have
 * @param sharedPeak the most slots of shared limits that were held at once, so far
 */
record Minute(
        int number,
        long tasks,
        long groups,
        long failed,
        long cancelled,
        long skipped,
        long cancellations,
        int threads,
        double heapMegabytes,
        int ownHeld,
        int ownSlots,
        int sharedHeld,
        int sharedSlots,
        int sharedPeak) {
    static String header() {
        return String.format(
                "%6s %10s %9s %9s %9s %9s %13s %7s %8s %9s %12s %12s",
                "minute",
                "tasks",
                "groups",
                "failed",
                "cancelled",
                "skipped",
                "cancellations",
                "threads",
                "heap MB",
                "own slots",
                "shared slots",
                "shared peak");
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%6d %10d %9d %9d %9d %9d %13d %7d %8.1f %9s %12s %12s",
                number,
                tasks,
                groups,
                failed,
                cancelled,
                skipped,
                cancellations,
                threads,
                heapMegabytes,
                ownHeld + "/" + ownSlots,
                sharedHeld + "/" + sharedSlots,
                sharedPeak + "/" + sharedSlots);
    }
}
