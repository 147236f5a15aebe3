package io.github.errgroup.spring.autoconfigure;

import io.github.errgroup.TaskThreads;
import io.github.errgroup.spring.ErrGroupSettings;

/**
 * Where tasks run.
 *
 * @param threads the threads
 * @param virtual whether they are known to be virtual, and so need no limit
 * @param description in words; see {@link ErrGroupSettings#executor()}
 */
record TaskPlace(TaskThreads threads, boolean virtual, String description) {}
