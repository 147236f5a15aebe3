package io.github.errgroup.benchmarks;

import java.util.concurrent.ExecutorService;

/**
 * What a scenario is run with.
 *
 * @param tasks how many tasks, above 0
 * @param tokensOfTenMicroseconds how much of JMH's busy work takes 10 µs on this machine; the same for every rival
 * @param pool the handed-in pool
 */
record Bench(int tasks, long tokensOfTenMicroseconds, ExecutorService pool) {}
