package io.github.errgroup.spring.cluster;

/**
 * What an instance says to Redis about one name.
 *
 * @param instance which instance; one that is started again is another one
 * @param sequence higher than in this instance's requests before, so that a late one is known
 * @param held how many tasks run or may start without asking: the share must not be less
 * @param demand how many it could use: tasks that run and that wait
 * @param limit the cluster limit that the instance is configured with
 * @param leaseMillis how long the share is its own if it does not call again; 0: the instance leaves
 * @param sentAt the instance's monotonic clock before the request was sent; not sent
 */
record LeaseRequest(String instance, long sequence, int held, int demand, int limit, long leaseMillis, long sentAt) {}
