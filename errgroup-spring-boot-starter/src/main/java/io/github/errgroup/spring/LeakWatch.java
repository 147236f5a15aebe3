package io.github.errgroup.spring;

import io.github.errgroup.ErrGroup;
import io.github.errgroup.GroupClock;
import io.github.errgroup.GroupSnapshot;
import io.github.errgroup.Registration;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Reports groups that someone opened and forgot: open for as long as the threshold, with no task that has not ended. Each
 * is reported once. One with callers blocked in {@code go}, whose limit lets nothing start, is no leak and is reported as
 * what it is. A leak is not collected as garbage, since the registry holds what is open; the cure is to close it, and the report
 * says where.
 *
 * <p>Looks four times per threshold, so a report comes at most a quarter late, and only while groups are open: the first one
 * that opens sets the shared timer, and a look that finds none does not set it again. A look has a thread for its moment.
 *
 * <p>Protocol: a group that opens is among the live ones first, and then sets the timer unless it is set; a look marks it
 * as not set first, and reads the live ones after. So whichever comes second sees the other, and no group is overlooked.
 */
final class LeakWatch implements AutoCloseable {
    private static final int LOOKS_PER_THRESHOLD = 4;

    /** However short the threshold: a look goes through all that is open. */
    private static final Duration SHORTEST_PAUSE = Duration.ofMillis(100);

    private static final Log logger = LogFactory.getLog(LeakWatch.class);

    private final Supplier<List<ErrGroup>> live;
    private final Duration threshold;
    private final Duration pause;
    private final GroupClock clock;
    private final Executor looks;

    /** Whether the timer is set. Set by the thread that opens a group or looks, taken back by the one that looks. */
    private final AtomicBoolean set = new AtomicBoolean();

    /** Those of the live groups that were reported, and whether callers were blocked in them then. */
    private final Map<ErrGroup, Boolean> reported = new ConcurrentHashMap<>();

    /** Written by the thread that set the timer, read by the thread that closes. */
    private volatile @Nullable Registration timer;

    private volatile boolean closed;

    /**
     * A watch.
     *
     * @param live the groups that are open now
     * @param threshold how long a group without a live task may be open
     * @param looks runs a look, which may take its time; the timer's own thread must not
     */
    LeakWatch(Supplier<List<ErrGroup>> live, Duration threshold, GroupClock clock, Executor looks) {
        Duration part = threshold.dividedBy(LOOKS_PER_THRESHOLD);
        this.live = live;
        this.threshold = threshold;
        this.pause = part.compareTo(SHORTEST_PAUSE) < 0 ? SHORTEST_PAUSE : part;
        this.clock = clock;
        this.looks = looks;
    }

    static void onThreadOfItsOwn(Runnable look) {
        Thread thread = new Thread(look, "errgroup-leaks");
        thread.setDaemon(true);
        thread.start();
    }

    /** A group has opened, and is among the live ones. */
    void opened() {
        if (!set.get() && !closed && set.compareAndSet(false, true)) {
            timer = clock.schedule(pause, this::due);
            if (closed) {
                close(); // which may have missed this one
            }
        }
    }

    private void due() {
        try {
            looks.execute(this::look);
        } catch (Throwable e) { // no thread could be had: later, perhaps
            again();
        }
    }

    private void look() {
        List<ErrGroup> open = List.of();
        try {
            set.set(false);
            open = live.get();
            reported.keySet().retainAll(Set.copyOf(open));
            open.forEach(this::check);
        } finally {
            if (!open.isEmpty()) {
                opened();
            }
        }
    }

    private void again() {
        set.set(false);
        opened();
    }

    private void check(ErrGroup group) {
        GroupSnapshot snapshot = group.snapshot();
        if (snapshot.age().compareTo(threshold) < 0 || !isOpenWithoutTasks(snapshot)) {
            return;
        }
        boolean blocked = snapshot.blockedCallers() > 0;
        Boolean before = reported.put(group, blocked);
        if (before == null || before != blocked) {
            String open = "Group '" + snapshot.name() + "' has been open for "
                    + snapshot.age().toSeconds() + "s and ";
            logger.warn(open + (blocked ? describeBlocked(snapshot) : describeLeak(snapshot)) + place(snapshot));
        }
    }

    private static boolean isOpenWithoutTasks(GroupSnapshot group) {
        boolean open = group.phase() == GroupSnapshot.Phase.OPEN || group.phase() == GroupSnapshot.Phase.CANCELLED;
        return open && group.pending() == 0;
    }

    /** The application stops, and did not wait for this group, which has no live task and no blocked caller. */
    void reportAtShutdown(ErrGroup group) {
        GroupSnapshot snapshot = group.snapshot();
        if (isOpenWithoutTasks(snapshot) && reported.putIfAbsent(group, false) == null) {
            logger.warn("The shutdown did not wait for group '" + snapshot.name() + "', which has been open for "
                    + snapshot.age().toMillis() + "ms and " + describeLeak(snapshot) + place(snapshot));
        }
    }

    private static String describeBlocked(GroupSnapshot group) {
        int callers = group.blockedCallers();
        return "starts nothing: " + callers + (callers == 1 ? " caller waits" : " callers wait") + " in go() at limit "
                + group.limit() + ". Raise the limit with setLimit() or at the endpoint errgroups, or cancel the group";
    }

    private String describeLeak(GroupSnapshot group) {
        return "has no live task (" + group.succeeded() + " succeeded, " + group.failed() + " failed, "
                + group.cancelled() + " cancelled, " + group.skipped() + " skipped). Close it: open groups with"
                + " try-with-resources, or use ErrGroups.call; if it is meant to stay open, raise errgroup.leak.threshold ("
                + threshold.toMillis() + "ms; -1s for no report)";
    }

    private static String place(GroupSnapshot group) {
        List<StackTraceElement> place = group.openedAt();
        if (place == null) {
            return ". Set errgroup.leak.capture-opener=true to see here where it was opened";
        }
        StringBuilder text = new StringBuilder(". It was opened at");
        for (StackTraceElement frame : place) {
            text.append(System.lineSeparator()).append("\tat ").append(frame);
        }
        return text.toString();
    }

    boolean isClosed() {
        return closed;
    }

    /** Ends the watch: it looks no more. */
    @Override
    public void close() {
        closed = true;
        Registration last = timer;
        if (last != null) {
            last.close();
        }
    }
}
