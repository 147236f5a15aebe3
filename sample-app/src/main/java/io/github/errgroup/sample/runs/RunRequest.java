package io.github.errgroup.sample.runs;

import org.jspecify.annotations.Nullable;

/**
 * The body of {@code POST /runs}, unchecked.
 *
 * @param scenario storefront, fetcher or importer
 * @param tasks how many, from 1 to 200; for the importer thousands of rows
 * @param limit how many at once, from 1 to 200; null for what is configured
 * @param failAt which of them fails, from 1 to {@code tasks}; null for none
 * @param deadlineMs when to give up, from 50 to 60,000 milliseconds; null for 60,000
 * @param cancelOnError whether the first failure cancels the rest; by default it does
 */
record RunRequest(
        @Nullable String scenario,
        @Nullable Integer tasks,
        @Nullable Integer limit,
        @Nullable Integer failAt,
        @Nullable Long deadlineMs,
        @Nullable Boolean cancelOnError) {}
