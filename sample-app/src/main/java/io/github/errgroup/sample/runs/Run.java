package io.github.errgroup.sample.runs;

import io.github.errgroup.ErrGroup;
import io.github.errgroup.sample.imports.ImportProgress;

/**
 * One run. Thread-safe.
 *
 * @param id in its URL
 * @param plan what is run
 * @param group in which; open until the run has ended
 * @param recorder what happened
 * @param progress of an import; stays at zero for the other scenarios
 */
record Run(String id, RunPlan plan, ErrGroup group, RunRecorder recorder, ImportProgress progress) {}
