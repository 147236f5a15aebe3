package io.github.errgroup.sample.runs;

import io.github.errgroup.ThrowingRunnable;

/**
 * A task of a scenario.
 *
 * @param name shown beside its bar
 * @param body what it does
 */
record ScenarioTask(String name, ThrowingRunnable body) {}
