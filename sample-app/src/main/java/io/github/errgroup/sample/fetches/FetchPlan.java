package io.github.errgroup.sample.fetches;

import io.github.errgroup.ErrGroupOptions;
import io.github.errgroup.sample.web.BadInputException;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What to fetch, checked.
 *
 * @param urls 1 to 1,000, absolute, of http or https, with a host and without credentials
 * @param limit how many at once; null for what is configured
 * @param timeout when to give up; null for what is configured
 * @param cancelOnError whether the first failure cancels the rest
 * @param errorStatusFails whether a status of 400 and above is a failure
 */
record FetchPlan(
        List<URI> urls,
        @Nullable Integer limit,
        @Nullable Duration timeout,
        boolean cancelOnError,
        boolean errorStatusFails) {
    private static final int MAX_URLS = 1_000;

    private static final int MAX_URL_LENGTH = 2_048;

    private static final int MAX_LIMIT = 100;

    private static final long MAX_TIMEOUT_MS = 60_000;

    /**
     * Checks a request.
     *
     * @throws BadInputException if a value breaks its rule
     */
    static FetchPlan of(FetchRequest request) {
        List<@Nullable String> urls = request.urls();
        if (urls == null || urls.isEmpty() || urls.size() > MAX_URLS) {
            throw new BadInputException(
                    "urls", urls == null ? "nothing" : urls.size() + " entries", "must have 1 to 1000 entries");
        }
        List<URI> checked = new ArrayList<>(urls.size());
        for (int i = 0; i < urls.size(); i++) {
            checked.add(url("urls[" + i + "]", urls.get(i)));
        }
        Integer limit = request.limit();
        if (limit != null) {
            BadInputException.checkRange("limit", limit, 1, MAX_LIMIT);
        }
        Long timeoutMs = request.timeoutMs();
        if (timeoutMs != null) {
            BadInputException.checkRange("timeoutMs", timeoutMs, 1, MAX_TIMEOUT_MS);
        }
        return new FetchPlan(
                List.copyOf(checked),
                limit,
                timeoutMs == null ? null : Duration.ofMillis(timeoutMs),
                !Boolean.FALSE.equals(request.cancelOnError()),
                Boolean.TRUE.equals(request.errorStatusFails()));
    }

    private static URI url(String name, @Nullable String value) {
        if (value == null || value.length() > MAX_URL_LENGTH) {
            throw new BadInputException(name, value, "must have at most " + MAX_URL_LENGTH + " characters");
        }
        URI url;
        try {
            url = new URI(value);
        } catch (URISyntaxException e) {
            throw new BadInputException(name, value, "must be a URL");
        }
        if (!"http".equalsIgnoreCase(url.getScheme()) && !"https".equalsIgnoreCase(url.getScheme())) {
            throw new BadInputException(name, value, "must begin with http:// or https://");
        }
        if (url.getHost() == null || url.getHost().isEmpty()) {
            throw new BadInputException(name, value, "must have a host");
        }
        if (url.getRawUserInfo() != null) {
            throw new BadInputException(name, "(not shown)", "must not have credentials");
        }
        if (url.getPort() == 0 || url.getPort() > 65_535) {
            throw new BadInputException(name, value, "must have a port from 1 to 65535, or none");
        }
        return url;
    }

    /** Changes what is configured for the group that carries this out. */
    void applyTo(ErrGroupOptions.Builder options) {
        options.cancelOnError(cancelOnError);
        if (limit != null) {
            options.limit(limit);
        }
        if (timeout != null) {
            options.timeout(timeout);
        }
    }
}
