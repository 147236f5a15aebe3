package io.github.errgroup.soak;

import org.jspecify.annotations.Nullable;

/**
 * One task to be.
 *
 * @param kind what it does
 * @param micros for how long at most, in microseconds, where the kind takes time
 * @param nested the group it opens; null unless it opens one
 */
record TaskPlan(TaskKind kind, int micros, @Nullable Plan nested) {}
