package io.github.errgroup.sample.fetches;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the fetch of all URLs ended.
 *
 * @param results in the order of the request
 * @param firstFailure the URL that failed first; null if none did
 * @param timedOut whether the deadline passed before all had ended
 * @param cause the first failure itself, or what cancelled the fetch; null if it is complete
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record FetchReport(
        List<FetchResult> results,
        @Nullable String firstFailure,
        boolean timedOut,
        @JsonIgnore @Nullable Throwable cause) {}
