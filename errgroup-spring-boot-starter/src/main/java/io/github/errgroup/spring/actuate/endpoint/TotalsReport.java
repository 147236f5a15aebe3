package io.github.errgroup.spring.actuate.endpoint;

/**
 * Sums over the groups of one name since the application started.
 *
 * @param groups the groups
 * @param tasks the tasks of ended and of open groups
 */
public record TotalsReport(GroupCounts groups, TaskCounts tasks) {}
