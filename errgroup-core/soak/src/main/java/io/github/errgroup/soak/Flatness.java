package io.github.errgroup.soak;

import java.util.ArrayList;
import java.util.List;

/**
 * Whether heap and threads stay flat: the first minutes (a third of them, one at least, three at most) set the level; no
 * later minute may be above the highest of them by more than a quarter and {@value #HEAP_SLACK_MB} MB of heap, or by more
 * than {@value #THREAD_SLACK} threads. The slack is what a JVM takes for itself as it warms up (compiled code's data, its
 * own threads).
 */
final class Flatness {
    static final int HEAP_SLACK_MB = 4;

    static final int THREAD_SLACK = 4;

    private final int settling;

    private final List<Minute> minutes = new ArrayList<>();

    /**
     * A rule for a soak.
     *
     * @param length of the soak in minutes, above zero
     */
    Flatness(int length) {
        this.settling = Math.max(1, Math.min(3, length / 3));
    }

    /** How many minutes set the level. */
    int settling() {
        return settling;
    }

    /** Adds the next minute. Returns what it breaks; empty for nothing. */
    List<String> add(Minute minute) {
        minutes.add(minute);
        List<String> broken = new ArrayList<>();
        if (minutes.size() <= settling) {
            return broken;
        }
        List<Minute> first = minutes.subList(0, settling);
        double heap = first.stream().mapToDouble(Minute::heapMegabytes).max().orElseThrow();
        int threads = first.stream().mapToInt(Minute::threads).max().orElseThrow();
        if (minute.heapMegabytes() > heap * 1.25 + HEAP_SLACK_MB) {
            broken.add("heap is flat: " + minute.heapMegabytes() + " MB, at first " + heap);
        }
        if (minute.threads() > threads + THREAD_SLACK) {
            broken.add("threads are flat: " + minute.threads() + ", at first " + threads);
        }
        return broken;
    }
}
