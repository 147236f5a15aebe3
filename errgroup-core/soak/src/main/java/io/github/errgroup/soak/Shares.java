package io.github.errgroup.soak;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What the load was made of, as measured; and whether that is the mix it must be. */
final class Shares {
    /** The part of the totals that counts groups opened in tasks. */
    static final String NESTED = "nested group";

    /** The part of the totals that counts blocking tasks that ran. */
    static final String BLOCKING = "blocking task";

    /** What must have happened at all; each place, verb and kind of task besides. */
    private static final List<String> MUST_HAPPEN = List.of(
            "cancelled by hand",
            "interrupt ignored",
            "limit set while running",
            "shared limit set while running",
            "own limit filled again",
            "owner interrupted, thrown",
            "owner interrupted, flag",
            "tryGo refused",
            "failures tolerated",
            "enough, and the rest cancelled",
            "not enough",
            "own deadline stopped a task",
            "limitWait over",
            "group settled",
            "loop left early",
            "loop cut short",
            "loop to its end",
            "group without limit",
            "group with limit",
            "group with shared limit",
            "group reuseThreads true",
            "group reuseThreads false",
            "group reuseThreads unset");

    /** A share that has a floor. */
    record Share(String name, long part, long whole, int floorPercent) {
        double percent() {
            return whole == 0 ? 0 : 100.0 * part / whole;
        }

        boolean isEnough() {
            return percent() >= floorPercent;
        }

        @Override
        public String toString() {
            return String.format(Locale.ROOT, "%s %.1f %% (at least %d %%)", name, percent(), floorPercent);
        }
    }

    private final Totals totals;

    Shares(Totals totals) {
        this.totals = totals;
    }

    List<Share> floors() {
        long groups = totals.groups.sum();
        long tasks = totals.submitted.sum();
        return List.of(
                new Share("nested groups", totals.of(NESTED), groups, 10),
                new Share("groups that failed", totals.groupsFailed.sum(), groups, 5),
                new Share("groups that timed out", totals.groupsExpired.sum(), groups, 5),
                new Share("tasks that failed", totals.failed.sum(), tasks, 5),
                new Share("blocking tasks", totals.of(BLOCKING), tasks, 20));
    }

    /** What the mix lacks; empty if it is as it must be. */
    List<String> lacking() {
        List<String> lacking = new ArrayList<>();
        for (Share share : floors()) {
            if (!share.isEnough()) {
                lacking.add(share.toString());
            }
        }
        for (String part : MUST_HAPPEN) {
            if (totals.of(part) == 0) {
                lacking.add(part + ": never happened");
            }
        }
        for (Place place : Place.values()) {
            if (totals.of("group " + place) == 0) {
                lacking.add("group " + place + ": never happened");
            }
        }
        for (TaskKind kind : TaskKind.values()) {
            if (totals.of("task " + kind) == 0) {
                lacking.add("task " + kind + ": never happened");
            }
        }
        return lacking;
    }

    void print() {
        System.out.println("shares, measured:");
        floors().forEach(share -> System.out.println("  " + share));
        long groups = totals.groups.sum();
        long ran = totals.submitted.sum() - totals.skipped.sum();
        for (Map.Entry<String, Long> part : totals.parts().entrySet()) {
            System.out.printf(Locale.ROOT, "  %-32s %,12d", part.getKey(), part.getValue());
            if (part.getKey().startsWith("group ")) {
                System.out.printf(Locale.ROOT, "  %5.1f %% of the groups", 100.0 * part.getValue() / groups);
            } else if (part.getKey().startsWith("task ")) {
                System.out.printf(Locale.ROOT, "  %5.1f %% of the tasks that ran", 100.0 * part.getValue() / ran);
            }
            System.out.println();
        }
    }
}
