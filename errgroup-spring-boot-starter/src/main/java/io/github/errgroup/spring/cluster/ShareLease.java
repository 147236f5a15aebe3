package io.github.errgroup.spring.cluster;

import org.jspecify.annotations.Nullable;

/**
 * One instance's share of one name's cluster limit: when it calls Redis, what it says, and how many tasks may run here. It has
 * neither a thread nor a connection, and is told the time.
 *
 * <p>Its keeper goes round: {@link #allowed(long)} is set as the name's shared limit; <em>then</em> the tasks that run
 * and wait are counted and, if {@link #nanosUntilCall} is 0, {@link #request} is sent; its {@link #granted} or {@link #failed}
 * is told, and {@link #allowed(long)} is set again. In that order what runs here is never more than what the last request said
 * is held, or the reply to it allowed.
 *
 * <p>The lease is over when a lease's time, less a twentieth for clocks that run at different speeds, has passed since the
 * last request that was granted was <em>sent</em>: Redis starts to count when it arrives. Then no task starts any more, or as many
 * run as without Redis; those that run go on.
 *
 * <p>It calls once in a third of a lease; once in a fiftieth while it has not what it could use, or has what others want; and
 * at once when a task waits after a reply that gave all that was asked for, or when it holds less than Redis knows.
 *
 * <p>Not thread-safe.
 */
final class ShareLease {
    private static final int RENEWALS = 3;

    /** As many times in a lease the script looks at all instances. */
    private static final int HURRIED = 50;

    private static final int RETRIES = 10;

    private static final int MARGIN = 20;

    private static final long NANOS_PER_MILLI = 1_000_000;

    private final String instance;
    private final int limit;
    private final long lease;
    private final int withoutRedis;

    /** How many may run here at most, whatever the share is. */
    private int most;

    private long sequence;

    /** The request that has no answer yet. */
    private @Nullable LeaseRequest asking;

    /** The last request that was granted, and the answer. */
    private @Nullable LeaseRequest lastRequest;

    private @Nullable LeaseReply lastReply;

    private long nextRetry;

    private boolean failing;

    private int allowed;

    /** What Redis takes us to hold, or more. */
    private int recorded;

    /** The demand of the last thirds of a lease, half as much of each further one. */
    private int recentDemand;

    private long halvedAt;

    /**
     * A lease that has no share yet.
     *
     * @param instance names this instance; no two have the same
     * @param limit the cluster limit, where Redis knows of no other
     * @param most how many tasks may run here at most
     * @param withoutRedis how many tasks may run here while there is no lease
     * @param lease nanoseconds
     */
    ShareLease(String instance, int limit, int most, int withoutRedis, long lease) {
        this.instance = instance;
        this.limit = limit;
        this.most = most;
        this.withoutRedis = withoutRedis;
        this.lease = lease;
    }

    /** How many tasks may run here now: to be set as the shared limit. */
    int allowed(long now) {
        boolean over = lastRequest != null
                ? now - lastRequest.sentAt() >= lease - lease / MARGIN
                : failing || (asking != null && now - asking.sentAt() >= lease);
        if (over) {
            allowed = withoutRedis;
            lastRequest = null;
            lastReply = null;
        }
        return Math.min(allowed, most);
    }

    /** When this instance's share is over if no further request is granted: nanoseconds from now; never, without one. */
    long nanosUntilOver(long now) {
        return lastRequest == null ? Long.MAX_VALUE : Math.max(0, lastRequest.sentAt() + lease - lease / MARGIN - now);
    }

    /**
     * How long to wait before the next call.
     *
     * @param running tasks that run here
     * @param waiting tasks that wait for a slot
     * @return nanoseconds, 0 for now; never while a request has no answer
     */
    long nanosUntilCall(long now, int running, int waiting) {
        if (asking != null) {
            return Long.MAX_VALUE;
        }
        if (failing) {
            return Math.max(0, nextRetry - now);
        }
        LeaseRequest request = lastRequest;
        LeaseReply reply = lastReply;
        if (request == null || reply == null) {
            return 0;
        }
        boolean wanting = wanted(running, waiting) > Math.min(allowed, most);
        boolean satisfied = reply.allowed() >= request.demand();
        boolean owing = Math.max(allowed, running) < recorded;
        boolean usedElsewhere = reply.contended() && (recorded > 0 || running > 0);
        if ((wanting && satisfied) || owing) {
            return 0;
        }
        long period = lease / (wanting || usedElsewhere || reply.quietMillis() > 0 ? HURRIED : RENEWALS);
        return Math.max(0, request.sentAt() + period - now);
    }

    /** Whether a task that waits would make {@link #nanosUntilCall} shorter. */
    boolean listensForWaiting() {
        LeaseRequest request = lastRequest;
        LeaseReply reply = lastReply;
        return asking == null
                && !failing
                && request != null
                && reply != null
                && reply.allowed() >= request.demand()
                && reply.allowed() < Math.min(reply.limit(), most);
    }

    /** More than the whole limit is of no use. */
    private int wanted(int running, int waiting) {
        return (int) Math.min((long) running + waiting, Math.min(most, lastReply != null ? lastReply.limit() : limit));
    }

    /**
     * What to send.
     *
     * @param running tasks that run here, counted after {@link #allowed(long)} was set as the shared limit
     * @param waiting tasks that wait for a slot
     */
    LeaseRequest request(long now, int running, int waiting) {
        int wanted = wanted(running, waiting);
        if (now - halvedAt >= lease / RENEWALS) {
            recentDemand /= 2;
            halvedAt = now;
        }
        recentDemand = Math.max(recentDemand, wanted);
        int demand = lastReply != null && lastReply.contended() ? wanted : recentDemand;
        int held = Math.max(Math.min(allowed, most), running);
        asking = new LeaseRequest(instance, ++sequence, held, demand, limit, lease / NANOS_PER_MILLI, now);
        return asking;
    }

    /**
     * Redis has answered.
     *
     * @param reply null where the request was overtaken by a later one
     */
    void granted(LeaseRequest request, @Nullable LeaseReply reply, long now) {
        if (!request.equals(asking)) {
            return;
        }
        asking = null;
        failing = false;
        if (reply == null || now - request.sentAt() >= lease - lease / MARGIN) {
            failing = true;
            nextRetry = now;
            return;
        }
        lastRequest = request;
        lastReply = reply;
        allowed = reply.allowed();
        recorded = Math.max(request.held(), allowed);
    }

    /** Redis could not be asked. */
    void failed(LeaseRequest request, long now) {
        if (request.equals(asking)) {
            asking = null;
            failing = true;
            nextRetry = now + lease / RETRIES;
        }
    }

    /** What to send at the end, if nothing runs here; the share is free at once. */
    LeaseRequest leave(long now) {
        return new LeaseRequest(instance, ++sequence, 0, 0, limit, 0, now);
    }

    /** How many may run here at most, whatever the share is. */
    void most(int most) {
        this.most = most;
    }

    /** The last answer; null while there is no lease. */
    @Nullable
    LeaseReply lastReply() {
        return lastReply;
    }

    /** The request that the last answer is to; null while there is no lease. */
    @Nullable
    LeaseRequest lastRequest() {
        return lastRequest;
    }
}
