package io.github.errgroup;

import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Threads of the group's own: a fresh one per task ({@link FreshThreads}), or workers that take several ({@link Workers}).
 */
final class OwnThreads extends TaskThreads {
    static final OwnThreads AUTOMATIC =
            VirtualThreads.SUPPORTED ? ofVirtual(DEFAULT_NAME_PREFIX) : ofPlatform(DEFAULT_NAME_PREFIX);

    /** What is kept by group name, so that a name costs its string once and not per thread. */
    private static final int MAX_CACHED_NAMES = 256;

    /** What makes the threads of all groups of one name. */
    private static final class Made {
        private final ThreadFactory factory;

        private final FreshThreads launcher;

        Made(ThreadFactory factory) {
            this.factory = factory;
            this.launcher = new FreshThreads(factory);
        }
    }

    /** What they are, for people. Two of the same kind are equal. */
    private final String description;

    private final Function<String, ThreadFactory> factoryByGroup;

    private final ConcurrentHashMap<String, Made> cache = new ConcurrentHashMap<>();

    /** The user's factory that makes them; null if we do. */
    private final @Nullable ThreadFactory lender;

    private final AtomicBoolean lostLogged = new AtomicBoolean();

    private OwnThreads(
            String description, Function<String, ThreadFactory> factoryByGroup, @Nullable ThreadFactory lender) {
        this.description = description;
        this.factoryByGroup = factoryByGroup;
        this.lender = lender;
    }

    static OwnThreads ofVirtual(String prefix) {
        if (!VirtualThreads.SUPPORTED) {
            throw new UnsupportedOperationException("virtual threads need Java 21 or newer, this is Java "
                    + Runtime.version().feature() + "; use platform threads");
        }
        return new OwnThreads("virtual '" + prefix + "'", group -> VirtualThreads.factory(prefix + group), null);
    }

    static OwnThreads ofPlatform(String prefix) {
        return new OwnThreads("platform '" + prefix + "'", group -> new PlatformFactory(prefix + group + "-"), null);
    }

    static OwnThreads ofFactory(ThreadFactory factory) {
        return new OwnThreads("from", group -> body -> checked(factory.newThread(body), factory), factory);
    }

    @Override
    Launcher launcher(Workers.Group group, boolean reuse) {
        Made made = madeFor(group.name());
        if (lender == null) {
            return reuse ? new Workers(group, made.factory) : made.launcher;
        }
        LentThreads lent = new LentThreads(made.factory, this::logLostOnce);
        return reuse ? new Workers(group, lent) : new FreshThreads(lent);
    }

    /** A thread of the user's factory ended without running what it was made for. */
    private void logLostOnce(Thread ended) {
        if (lostLogged.compareAndSet(false, true)) {
            Log.warn("thread '" + ended.getName() + "' of thread factory " + UserText.of(Objects.requireNonNull(lender))
                    + " ended without running its task, or was never started. A compensating thread runs the task. Let the"
                    + " factory's threads run what they are given. Logged once per factory");
        }
    }

    private Made madeFor(String group) {
        Made cached = cache.get(group);
        if (cached != null) {
            return cached;
        }
        Made made = new Made(factoryByGroup.apply(group));
        if (cache.size() < MAX_CACHED_NAMES) {
            Made raced = cache.putIfAbsent(group, made);
            return raced == null ? made : raced;
        }
        return made;
    }

    private static Thread checked(@Nullable Thread thread, ThreadFactory factory) {
        if (thread == null || thread.getState() != Thread.State.NEW) {
            throw new IllegalStateException("thread factory " + UserText.of(factory) + " returned "
                    + (thread == null ? "null" : "a thread that was started already")
                    + "; it must return a new thread, not started");
        }
        return thread;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof OwnThreads own && own.lender == lender && own.description.equals(description);
    }

    @Override
    public int hashCode() {
        return 31 * description.hashCode() + System.identityHashCode(lender);
    }

    @Override
    public String toString() {
        return lender == null ? description : description + " " + UserText.orClassOf(lender);
    }

    /** Daemon platform threads with running numbers. */
    private static final class PlatformFactory implements ThreadFactory {
        private final String prefix;

        private final AtomicLong made = new AtomicLong();

        PlatformFactory(String prefix) {
            this.prefix = prefix;
        }

        @Override
        public Thread newThread(Runnable body) {
            return new TaskThread(body, prefix + made.getAndIncrement(), true);
        }
    }
}
