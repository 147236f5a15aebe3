package io.github.errgroup;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Threads of the group's own: a fresh one per task, or workers that take several ({@link Workers}). Virtual threads are
 * reached by reflection, once per name, since the library is compiled for Java 17.
 */
final class OwnThreads extends TaskThreads {
    static final boolean VIRTUAL_SUPPORTED = virtualBuilderOrNull() != null;

    private static final @Nullable MethodHandle IS_VIRTUAL = isVirtualOrNull();

    static final OwnThreads AUTOMATIC =
            VIRTUAL_SUPPORTED ? ofVirtual(DEFAULT_NAME_PREFIX) : ofPlatform(DEFAULT_NAME_PREFIX);

    /** Factories kept by group name, so that a name costs its string once and not per thread. */
    private static final int MAX_CACHED_NAMES = 256;

    private final Function<String, ThreadFactory> factoryByGroup;

    private final ConcurrentHashMap<String, ThreadFactory> cache = new ConcurrentHashMap<>();

    /** The user's factory that makes them; null if we do. */
    private final @Nullable ThreadFactory lender;

    private final AtomicBoolean lostLogged = new AtomicBoolean();

    private OwnThreads(Function<String, ThreadFactory> factoryByGroup, @Nullable ThreadFactory lender) {
        this.factoryByGroup = factoryByGroup;
        this.lender = lender;
    }

    static OwnThreads ofVirtual(String prefix) {
        if (!VIRTUAL_SUPPORTED) {
            throw new UnsupportedOperationException("virtual threads need Java 21 or newer, this is Java "
                    + Runtime.version().feature() + "; use platform threads");
        }
        return new OwnThreads(group -> virtualFactory(prefix + group), null);
    }

    static OwnThreads ofPlatform(String prefix) {
        return new OwnThreads(group -> new PlatformFactory(prefix + group + "-"), null);
    }

    static OwnThreads ofFactory(ThreadFactory factory) {
        return new OwnThreads(group -> body -> checked(factory.newThread(body), factory), factory);
    }

    /** Makes the threads of one group. */
    ThreadFactory factoryFor(String group) {
        ThreadFactory made = factory(group);
        return lender == null ? made : new LentThreads(made, this);
    }

    /** A thread of the user's factory ended without running what it was made for. */
    void logLostOnce(Thread ended) {
        if (lender != null && lostLogged.compareAndSet(false, true)) {
            Log.warn("thread '" + ended.getName() + "' of thread factory " + UserText.of(lender)
                    + " ended without running its task, or was never started. A compensating thread runs the task. Let the"
                    + " factory's threads run what they are given. Logged once per factory");
        }
    }

    /** A factory for the threads of a group. */
    ThreadFactory factory(String group) {
        ThreadFactory cached = cache.get(group);
        if (cached != null) {
            return cached;
        }
        ThreadFactory made = factoryByGroup.apply(group);
        if (cache.size() < MAX_CACHED_NAMES) {
            ThreadFactory raced = cache.putIfAbsent(group, made);
            return raced == null ? made : raced;
        }
        return made;
    }

    /** The engine catches what tasks throw, so what ends a thread of ours is a fault of the engine's: say so. */
    static void report(Throwable fault) {
        Log.error("thread '" + Thread.currentThread().getName() + "' ended with an uncaught exception", fault);
    }

    private static Thread checked(@Nullable Thread thread, ThreadFactory factory) {
        if (thread == null || thread.getState() != Thread.State.NEW) {
            throw new IllegalStateException("thread factory " + UserText.of(factory) + " returned "
                    + (thread == null ? "null" : "a thread that was started already")
                    + "; it must return a new thread, not started");
        }
        return thread;
    }

    /**
     * Starts a daemon thread for work that may run user code and must not hold up the caller; if none can be had, runs
     * it in the caller after all, late being better than never.
     */
    static void startHelper(String purpose, Runnable work) {
        try {
            Thread thread = new Thread(null, work, "errgroup-" + purpose, 0, false);
            thread.setDaemon(true);
            thread.start();
        } catch (Throwable e) {
            Log.warn(
                    "thread 'errgroup-" + purpose + "' could not be started; thread '"
                            + Thread.currentThread().getName() + "' does its work",
                    e);
            work.run();
        }
    }

    private static ThreadFactory virtualFactory(String name) {
        try {
            Class<?> builder = Class.forName("java.lang.Thread$Builder");
            Object named = builder.getMethod("name", String.class).invoke(virtualBuilderOrNull(), name);
            return (ThreadFactory) builder.getMethod("factory").invoke(named);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("Thread.ofVirtual() is not as Java 21 specifies it", e);
        }
    }

    /** Whether a thread is virtual, on any JVM. */
    static boolean isVirtual(Thread thread) {
        try {
            return IS_VIRTUAL != null && (boolean) IS_VIRTUAL.invokeExact(thread);
        } catch (Error e) {
            throw e; // of the JVM's: no stack, no memory
        } catch (Throwable e) {
            throw new LinkageError("Thread.isVirtual() is not as Java 21 specifies it", e);
        }
    }

    private static @Nullable MethodHandle isVirtualOrNull() {
        try {
            return MethodHandles.publicLookup()
                    .findVirtual(Thread.class, "isVirtual", MethodType.methodType(boolean.class));
        } catch (ReflectiveOperationException e) {
            return null;
        }
    }

    private static @Nullable Object virtualBuilderOrNull() {
        if (Runtime.version().feature() < 21) {
            return null; // in 19 and 20 they exist and throw, as a preview
        }
        try {
            Method ofVirtual = Thread.class.getMethod("ofVirtual");
            return ofVirtual.invoke(null);
        } catch (ReflectiveOperationException e) {
            return null;
        }
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
