package io.github.errgroup.spring.actuate.endpoint;

/**
 * Groups, by how they ended.
 *
 * @param open not ended yet
 * @param success every task succeeded
 * @param failure a task failed
 * @param cancelled cancelled by something other than a failure or the deadline
 * @param timeout the deadline passed first
 */
public record GroupCounts(long open, long success, long failure, long cancelled, long timeout) {}
