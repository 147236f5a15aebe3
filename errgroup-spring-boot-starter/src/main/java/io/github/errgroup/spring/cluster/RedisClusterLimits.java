package io.github.errgroup.spring.cluster;

import io.github.errgroup.FrameworkAccess;
import io.github.errgroup.SharedLimit;
import io.github.errgroup.spring.ClusterLimit;
import io.github.errgroup.spring.ClusterLimits;
import io.github.errgroup.spring.ErrGroupRegistry;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;
import org.springframework.core.io.ClassPathResource;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.data.redis.core.script.DefaultRedisScript;

/**
 * Holds each name that has a {@code cluster-limit} to this instance's share of it, which it leases from Redis.
 *
 * <p>Protocol: one thread, the keeper, goes round all names, and never blocks: it sets each shared limit to what the lease
 * allows, counts tasks, and hands requests to a second thread, the caller, which asks Redis one by one and brings the answers
 * back by a queue. So a lease ends in time also when Redis does not answer. Both are daemons. Tasks that a raised share
 * lets start are launched by a thread of their own, since an executor may run a task in the thread that launches it.
 *
 * <p>Thread-safe. A task meets nothing of this, except one volatile read if it has to wait.
 */
public final class RedisClusterLimits implements ClusterLimits, SmartLifecycle, AutoCloseable {
    /** Stops before the connections, whose phase is 0, and after all groups have ended. */
    private static final int PHASE = 1;

    private static final long LONGEST_GOODBYE_MILLIS = 2_000;

    private static final long AFTER_ERROR_NANOS = 100_000_000;

    private static final Log logger = LogFactory.getLog(RedisClusterLimits.class);

    @SuppressWarnings("rawtypes")
    private static final DefaultRedisScript<List> SCRIPT = script();

    private final StringRedisTemplate redis;
    private final String keyPrefix;
    private final long lease;
    private final Map<String, KeptLimit> limits = new LinkedHashMap<>();

    private final ReentrantLock lifecycle = new ReentrantLock();

    /**
     * The threads that run now; null while stopped. Written under {@code lifecycle}, read by threads that wake the keeper.
     */
    private volatile @Nullable Threads threads;

    /**
     * Keeps nothing yet: see {@link #start}.
     *
     * @param registry knows the names, their cluster limits and their shared limits
     * @param redis asked for shares
     * @param lease how long a share is an instance's own after it was renewed
     * @param keyPrefix what the keys begin with; the name follows
     * @param localWithoutRedis whether a name's configured shared limit holds while there is no lease; if not, none of its tasks
     *     starts
     */
    public RedisClusterLimits(
            ErrGroupRegistry registry,
            StringRedisTemplate redis,
            Duration lease,
            String keyPrefix,
            boolean localWithoutRedis) {
        this.redis = redis;
        this.keyPrefix = keyPrefix;
        this.lease = lease.toNanos();
        registry.configuredClusterLimits().forEach((name, limit) -> {
            int here = registry.configuredSharedLimit(name);
            limits.put(
                    name, new KeptLimit(name, limit, registry.sharedLimit(name), here, localWithoutRedis ? here : 0));
        });
    }

    @SuppressWarnings("rawtypes")
    private static DefaultRedisScript<List> script() {
        DefaultRedisScript<List> script = new DefaultRedisScript<>();
        script.setLocation(new ClassPathResource("lease.lua", RedisClusterLimits.class));
        script.setResultType(List.class);
        return script;
    }

    @Override
    public ClusterLimit of(String name) {
        return Objects.requireNonNull(limits.get(name), name);
    }

    /** Begins to lease shares, unless that has begun, or there is no name to do so for. */
    @Override
    public void start() {
        lifecycle.lock();
        try {
            if (threads == null && !limits.isEmpty()) {
                limits.values().forEach(KeptLimit::begin);
                threads = new Threads(limits.values());
            }
        } finally {
            lifecycle.unlock();
        }
    }

    /** No further task starts, and the shares are given back where no task runs; elsewhere after the lease. */
    @Override
    public void stop() {
        lifecycle.lock();
        try {
            Threads running = threads;
            if (running != null) {
                threads = null;
                running.stop();
                limits.values().forEach(KeptLimit::end);
            }
        } finally {
            lifecycle.unlock();
        }
    }

    @Override
    public boolean isRunning() {
        return threads != null;
    }

    @Override
    public int getPhase() {
        return PHASE;
    }

    @Override
    public void close() {
        stop();
    }

    private void wake() {
        Threads running = threads;
        if (running != null) {
            LockSupport.unpark(running.keeper);
        }
    }

    @SuppressWarnings("unchecked")
    private @Nullable LeaseReply ask(String name, LeaseRequest request) {
        return LeaseReply.of((List<@Nullable Long>) redis.execute(
                SCRIPT,
                List.of(keyPrefix + name),
                request.instance(),
                Long.toString(request.sequence()),
                Integer.toString(request.held()),
                Integer.toString(request.demand()),
                Integer.toString(request.limit()),
                Long.toString(request.leaseMillis())));
    }

    /** The keeper and the caller, from a start to a stop. */
    private final class Threads {
        private final Collection<KeptLimit> kept;

        private final Thread keeper;

        private final Thread caller;

        private final BlockingQueue<Runnable> calls = new LinkedBlockingQueue<>();

        /** Brought by the caller, taken by the keeper. */
        private final Queue<Runnable> answers = new ConcurrentLinkedQueue<>();

        /** Written by the stop, read by both. */
        private volatile boolean stopped;

        Threads(Collection<KeptLimit> kept) {
            this.kept = kept;
            this.keeper = daemon("errgroup-cluster", this::keep);
            this.caller = daemon("errgroup-cluster-redis", this::call);
            keeper.start();
            caller.start();
        }

        private void keep() {
            while (!stopped) {
                long wait = lease;
                for (Runnable answer = answers.poll(); answer != null; answer = answers.poll()) {
                    try {
                        answer.run();
                    } catch (RuntimeException | Error e) { // the leases' ends are to be kept all the same
                        logger.error("An answer of Redis about a cluster limit could not be processed", e);
                    }
                }
                for (KeptLimit limit : kept) {
                    try {
                        wait = Math.min(wait, limit.round(this));
                    } catch (RuntimeException
                            | Error e) { // no thread to launch tasks: others' leases must be over in time
                        logger.error("Group '" + limit.name + "': a task could not be launched", e);
                        wait = Math.min(wait, AFTER_ERROR_NANOS);
                    }
                }
                if (wait > 0 && answers.isEmpty()) {
                    LockSupport.parkNanos(this, wait);
                }
            }
        }

        private void call() {
            while (!stopped) {
                try {
                    calls.take().run();
                } catch (InterruptedException e) {
                    return; // only the stop interrupts
                }
            }
        }

        void answer(Runnable answer) {
            answers.add(answer);
            LockSupport.unpark(keeper);
        }

        void stop() {
            stopped = true;
            LockSupport.unpark(keeper);
            join(keeper, LONGEST_GOODBYE_MILLIS);
            caller.interrupt();
            join(caller, LONGEST_GOODBYE_MILLIS);
            Thread goodbye = daemon("errgroup-cluster-redis", () -> kept.forEach(KeptLimit::leave));
            goodbye.start();
            join(goodbye, LONGEST_GOODBYE_MILLIS);
        }

        private void join(Thread thread, long millis) {
            try {
                thread.join(millis);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static Thread daemon(String name, Runnable body) {
        Thread thread = new Thread(body, name);
        thread.setDaemon(true);
        return thread;
    }

    /** What others may know of a lease. */
    private record View(int limit, int share, long sentAt, boolean leased, boolean overridden) {}

    /** What Redis was told here, and when: {@link System#nanoTime} after it had answered. */
    private record Retuning(int limit, boolean overridden, long at) {}

    /** One name. Its fields are the keeper's alone, unless they say otherwise. */
    private final class KeptLimit implements ClusterLimit {
        private final String name;
        private final int configured;
        private final SharedLimit shared;
        private final int withoutRedis;

        /** Written by the thread that changes it, read by the keeper. */
        private volatile int here;

        /** Whether a task that waits wakes the keeper. Written by the keeper, cleared by the first such task. */
        private volatile boolean listening;

        /** Written by the keeper, read by anyone. */
        private volatile View view;

        /**
         * What is newer than the view; null where nothing is. Written by the thread that retunes, removed by the keeper after the view has an
         * answer to a later request.
         */
        private final AtomicReference<@Nullable Retuning> retuned = new AtomicReference<>();

        /** Written before the keeper starts. */
        private ShareLease share;

        private boolean failureLogged;

        private boolean quietLogged;

        KeptLimit(String name, int configured, SharedLimit shared, int here, int withoutRedis) {
            this.name = name;
            this.configured = configured;
            this.shared = shared;
            this.here = here;
            this.withoutRedis = withoutRedis;
            this.view = new View(configured, 0, 0, false, false);
            this.share = newLease();
            FrameworkAccess.whenQueued(shared, this::taskWaits);
        }

        private ShareLease newLease() {
            return new ShareLease(UUID.randomUUID().toString(), configured, Integer.MAX_VALUE, withoutRedis, lease);
        }

        void begin() {
            share = newLease();
        }

        private void taskWaits() {
            if (listening) {
                listening = false;
                wake();
            }
        }

        /** Sets what is allowed, and sends a request if it is time. Returns how long to wait, in nanoseconds. */
        long round(Threads threads) {
            long now = System.nanoTime();
            int most = here;
            share.most(most < 0 ? Integer.MAX_VALUE : most);
            int allowed = share.allowed(now);
            LeaseRequest granted = share.lastRequest();
            LeaseReply reply = share.lastReply();
            view = new View(
                    reply != null ? reply.limit() : configured,
                    allowed,
                    granted != null ? granted.sentAt() : 0,
                    granted != null,
                    reply != null && reply.overridden());
            // After the view: who runs by this share finds it there.
            if (allowed != shared.limit()) {
                FrameworkAccess.setLimit(
                        shared,
                        allowed,
                        launching ->
                                daemon("errgroup-cluster-launch", launching).start());
            }
            Retuning last = retuned.get();
            if (last != null && granted != null && granted.sentAt() - last.at >= 0) {
                retuned.compareAndSet(last, null);
            }
            listening = share.listensForWaiting(); // before it looks whether any waits
            int running = FrameworkAccess.running(shared);
            int waiting = FrameworkAccess.waiting(shared, Math.max(view.limit, 1));
            long wait = share.nanosUntilCall(now, running, waiting);
            if (wait == 0) {
                send(threads, share.request(now, running, waiting));
                return share.nanosUntilOver(now);
            }
            return Math.min(wait, share.nanosUntilOver(now));
        }

        private void send(Threads threads, LeaseRequest request) {
            threads.calls.add(() -> {
                try {
                    LeaseReply reply = ask(name, request);
                    threads.answer(() -> granted(request, reply));
                } catch (RuntimeException | Error e) { // whatever it is, the caller goes on
                    threads.answer(() -> failed(request, e));
                }
            });
        }

        private void granted(LeaseRequest request, @Nullable LeaseReply reply) {
            share.granted(request, reply, System.nanoTime());
            if (failureLogged) {
                failureLogged = false;
                logger.info("Group '" + name + "': Redis answers again about its cluster limit");
            }
            long quietMillis = reply == null ? 0 : reply.quietMillis();
            boolean quiet = quietMillis > 0;
            if (quiet && !quietLogged) {
                logger.info("Group '" + name
                        + "': Redis knows too little of its cluster limit, since it was restarted, another"
                        + " server has taken over, or the name is new: no instance's share grows for "
                        + quietMillis
                        + "ms");
            }
            quietLogged = quiet;
        }

        private void failed(LeaseRequest request, Throwable e) {
            share.failed(request, System.nanoTime());
            if (!failureLogged) {
                failureLogged = true;
                logger.warn(
                        "Group '" + name
                                + "': Redis could not be asked about its cluster limit. When the lease is over, "
                                + (withoutRedis > 0
                                        ? "its shared limit of " + withoutRedis + " holds in this instance"
                                        : "no task of it starts")
                                + " until Redis answers",
                        e);
            }
        }

        /** The keeper has ended. */
        void end() {
            listening = false;
            shared.setLimit(0);
            view = new View(view.limit, 0, 0, false, view.overridden);
        }

        void leave() {
            shared.setLimit(0);
            if (FrameworkAccess.running(shared) == 0) {
                try {
                    LeaseReply unused = ask(name, share.leave(System.nanoTime()));
                } catch (RuntimeException e) {
                    logger.debug("Group '" + name + "': its share is free after the lease", e);
                }
            }
        }

        @Override
        public int limit() {
            Retuning last = retuned.get(); // before the view, which is newer where there is none
            return last != null ? last.limit : view.limit;
        }

        @Override
        public int share() {
            return view.share;
        }

        @Override
        public @Nullable Duration leaseAge() {
            View now = view;
            return now.leased ? Duration.ofNanos(Math.max(0, System.nanoTime() - now.sentAt)) : null;
        }

        @Override
        public boolean overridden() {
            Retuning last = retuned.get();
            return last != null ? last.overridden : view.overridden;
        }

        @Override
        public void retune(@Nullable Integer limit) {
            try {
                if (limit == null) {
                    redis.opsForHash().delete(keyPrefix + name, "limit");
                } else {
                    redis.opsForHash().put(keyPrefix + name, "limit", limit.toString());
                }
            } catch (RuntimeException e) {
                throw new IllegalStateException("cluster-limit: Redis did not answer, nothing is changed here", e);
            }
            retuned.set(new Retuning(limit != null ? limit : configured, limit != null, System.nanoTime()));
        }

        @Override
        public void localLimit(int tasks) {
            here = tasks;
            wake();
        }
    }
}
