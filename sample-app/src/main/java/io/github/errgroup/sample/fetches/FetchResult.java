package io.github.errgroup.sample.fetches;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.github.errgroup.Subtask;
import java.net.URI;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How the fetch of one URL ended.
 *
 * @param index of the URL in the request, from 0
 * @param url as it was given
 * @param state succeeded, failed, cancelled (it had begun) or skipped (it had not)
 * @param status of HTTP; null without an answer
 * @param bytes of the body; null without an answer
 * @param millis until the body's last byte; null without an answer
 * @param error why there is no answer; null if there is one
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record FetchResult(
        int index,
        String url,
        String state,
        @Nullable Integer status,
        @Nullable Long bytes,
        @Nullable Long millis,
        @Nullable String error) {
    static FetchResult of(int index, URI url, Fetched fetched) {
        return new FetchResult(
                index,
                url.toString(),
                name(Subtask.State.SUCCEEDED),
                fetched.status(),
                fetched.bytes(),
                fetched.time().toMillis(),
                null);
    }

    static FetchResult of(int index, URI url, Subtask.State state, @Nullable String error) {
        return new FetchResult(index, url.toString(), name(state), null, null, null, error);
    }

    private static String name(Subtask.State state) {
        return state.name().toLowerCase(Locale.ROOT);
    }
}
