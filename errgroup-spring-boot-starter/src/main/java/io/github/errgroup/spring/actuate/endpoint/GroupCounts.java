package io.github.errgroup.spring.actuate.endpoint;

/**
 * Groups, by how they ended.
 *
 * @param open not ended yet
 * @param succeeded every task succeeded
 * @param failed a task failed
 * @param cancelled cancelled by something other than a failure or the deadline
 * @param timedOut the deadline passed first
 */
public record GroupCounts(long open, long succeeded, long failed, long cancelled, long timedOut) {}
