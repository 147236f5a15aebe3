package io.github.errgroup.sample.fetches;

import java.time.Duration;

/**
 * An answer.
 *
 * @param status of HTTP
 * @param bytes of the body
 * @param time from the request to the body's last byte
 */
public record Fetched(int status, long bytes, Duration time) {}
