package io.github.errgroup.spring;

import io.github.errgroup.ErrGroup;
import io.github.errgroup.ErrGroupOptions;
import io.github.errgroup.GroupListener;
import io.github.errgroup.GroupOutcome;
import io.github.errgroup.SharedLimit;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One name's settings, live groups, shared limit and override.
 *
 * <p>Protocol: a group that opens is put among the live ones first and looks for an override after; an override is
 * stored first and goes through the live groups after. So whichever comes second sees the other, and no group escapes.
 * Where an override changes while a group looks, both hold {@code retuning} and the last one stored wins.
 */
final class GroupAccount implements GroupListener.Factory {
    private final String name;
    private final String meterName;
    private final String executor;
    private final ErrGroupOptions options;
    private final ConfiguredGroup configured;
    private final SharedLimit sharedLimit;
    private final int configuredSharedLimit;

    /** What holds the shared limit at this instance's share of the cluster's. Written once, before a group is opened. */
    private volatile @Nullable ClusterLimit clusterLimit;

    private final GroupDrain drain;
    private final Runnable afterOpening;

    private final Set<LiveGroup> live = ConcurrentHashMap.newKeySet();

    /** Whether a group of the name was ever opened. Written by each thread that opens the first ones, read at shutdown. */
    private volatile boolean opened;

    /** Held while groups are retuned; never while a group opens that has no override. */
    private final ReentrantLock retuning = new ReentrantLock();

    /** Written under {@code retuning}, read by any thread. */
    private volatile GroupOverride override = GroupOverride.NONE;

    /**
     * An account.
     *
     * @param configured what groups of the name are opened with. A shared limit is put in where there is none, so that
     *     one can be set while groups are open
     * @param afterOpening told when a group of the name is among the live ones
     */
    GroupAccount(String meterName, ConfiguredGroup configured, GroupDrain drain, Runnable afterOpening) {
        ErrGroupOptions given = configured.options();
        SharedLimit shared = given.sharedLimit();
        this.configured = configured;
        this.name = given.name();
        this.meterName = meterName;
        this.executor = configured.executor();
        int tasks = shared != null ? shared.limit() : ErrGroupOptions.NO_LIMIT;
        this.configuredSharedLimit = tasks;
        this.sharedLimit = configured.clusterLimit() != null
                ? new SharedLimit(0)
                : shared != null ? shared : new SharedLimit(ErrGroupOptions.NO_LIMIT);
        this.drain = drain;
        this.afterOpening = afterOpening;
        this.options = given.toBuilder().sharedLimit(sharedLimit).build();
    }

    String name() {
        return name;
    }

    String meterName() {
        return meterName;
    }

    /**
     * What groups of the name are opened with. Opening one takes these steps: this account is added to its listeners, the
     * code's changes are made, and then {@link #withReuseThatIsChosen} is asked.
     */
    ErrGroupOptions options() {
        return options;
    }

    ErrGroupOptions withReuseThatIsChosen(ErrGroupOptions opening) {
        return configured.withReuseThatIsChosen(opening);
    }

    SharedLimit sharedLimit() {
        return sharedLimit;
    }

    int configuredSharedLimit() {
        return configuredSharedLimit;
    }

    @Nullable
    Integer configuredClusterLimit() {
        return configured.clusterLimit();
    }

    @Nullable
    ClusterLimit clusterLimit() {
        return clusterLimit;
    }

    void join(ClusterLimit limit) {
        clusterLimit = limit;
    }

    private void limitHere(int tasks) {
        ClusterLimit cluster = clusterLimit;
        if (cluster != null) {
            cluster.localLimit(tasks);
        } else {
            sharedLimit.setLimit(tasks);
        }
    }

    boolean wasOpened() {
        return opened;
    }

    List<ErrGroup> live() {
        return live.stream().map(open -> open.group).toList();
    }

    /** The open groups of web requests, with the latch of their request. */
    Map<ErrGroup, CountDownLatch> ofRequests() {
        Map<ErrGroup, CountDownLatch> found = new HashMap<>();
        for (LiveGroup open : live) {
            if (open.request != null) {
                found.put(open.group, open.request);
            }
        }
        return found;
    }

    @Override
    public GroupListener listen(ErrGroup group) {
        return new LiveGroup(group, drain.requestOf(group));
    }

    /** A group from its opening to its end. */
    private final class LiveGroup implements GroupListener {
        private final ErrGroup group;

        /** The latch of the web request that opened it; null if none did. */
        private final @Nullable CountDownLatch request;

        LiveGroup(ErrGroup group, @Nullable CountDownLatch request) {
            this.group = group;
            this.request = request;
        }

        @Override
        public void onOpen() {
            if (!opened) {
                opened = true;
            }
            if (group.limit() == 0) {
                group.setLimit(0); // so that go waits for an operator to raise it
            }
            live.add(this);
            if (override != GroupOverride.NONE) {
                retuning.lock();
                try {
                    retune(group, override);
                } finally {
                    retuning.unlock();
                }
            }
            drain.opened(group, request != null);
            afterOpening.run();
        }

        @Override
        public void onEnd(GroupOutcome outcome, @Nullable Throwable failure, long nanos) {
            live.remove(this);
            drain.changed();
        }

        @Override
        public void onDrained(long nanos) {
            drain.changed();
        }
    }

    void override(GroupOverride changes) {
        retuning.lock();
        try {
            override = override.and(changes);
            retuneAll(changes);
        } finally {
            retuning.unlock();
        }
    }

    void dropOverride() {
        retuning.lock();
        try {
            GroupOverride dropped = override;
            override = GroupOverride.NONE;
            if (dropped.sharedLimit() != null) {
                limitHere(configuredSharedLimit);
            }
            for (ErrGroup group : live()) {
                if (dropped.limit() != null) {
                    group.setLimit(group.options().limit());
                }
                if (dropped.timeout() != null) {
                    group.setTimeout(group.options().timeout());
                }
            }
        } finally {
            retuning.unlock();
        }
    }

    private void retuneAll(GroupOverride changes) {
        if (changes.sharedLimit() != null) {
            limitHere(changes.sharedLimit());
        }
        for (ErrGroup group : live()) {
            retune(group, changes);
        }
    }

    private static void retune(ErrGroup group, GroupOverride changes) {
        if (changes.limit() != null) {
            group.setLimit(changes.limit());
        }
        Duration timeout = changes.timeout();
        if (timeout != null) {
            group.setTimeout(PropertyRules.nullIfNone(timeout));
        }
    }

    ErrGroupSettings settings() {
        GroupOverride now = override;
        ErrGroupOptions.Builder holding = withReuseThatIsChosen(options).toBuilder();
        if (now.limit() != null) {
            holding.limit(now.limit());
        }
        if (now.timeout() != null) {
            holding.timeout(PropertyRules.nullIfNone(now.timeout()));
        }
        return new ErrGroupSettings(holding.build(), executor, now.properties());
    }

    /**
     * What an operator has changed for a name; null where nothing.
     *
     * @param limit above zero, or -1 for none
     * @param sharedLimit above zero, or -1 for none
     * @param timeout above zero, or {@link PropertyRules#NO_TIMEOUT}
     */
    record GroupOverride(
            @Nullable Integer limit,
            @Nullable Integer sharedLimit,
            @Nullable Duration timeout) {

        static final GroupOverride NONE = new GroupOverride(null, null, null);

        GroupOverride and(GroupOverride later) {
            return new GroupOverride(
                    later.limit != null ? later.limit : limit,
                    later.sharedLimit != null ? later.sharedLimit : sharedLimit,
                    later.timeout != null ? later.timeout : timeout);
        }

        Set<String> properties() {
            Set<String> properties = new LinkedHashSet<>();
            if (limit != null) {
                properties.add("limit");
            }
            if (sharedLimit != null) {
                properties.add("shared-limit");
            }
            if (timeout != null) {
                properties.add("timeout");
            }
            return properties;
        }
    }
}
