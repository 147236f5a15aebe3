package io.github.errgroup.sample.fetches;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The body of {@code POST /fetches}, unchecked.
 *
 * @param urls what to fetch: 1 to 1,000 of http or https
 * @param limit how many at once, from 1 to 100; by default {@code errgroup.groups.fetch.limit}
 * @param timeoutMs when to give up, from 1 to 60,000 milliseconds; by default {@code errgroup.groups.fetch.timeout}
 * @param cancelOnError whether the first failure cancels the rest; by default it does
 * @param errorStatusFails whether a status of 400 and above is a failure; by default it is a result like any other
 */
record FetchRequest(
        @Nullable List<@Nullable String> urls,
        @Nullable Integer limit,
        @Nullable Long timeoutMs,
        @Nullable Boolean cancelOnError,
        @Nullable Boolean errorStatusFails) {}
