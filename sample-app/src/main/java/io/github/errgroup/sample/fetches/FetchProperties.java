package io.github.errgroup.sample.fetches;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * {@code sample.fetch.*}.
 *
 * @param allowPrivateTargets whether loopback, private and other special addresses may be fetched. For demonstrations
 *     only: a client of this service can then reach all that the service can reach
 * @param maxBody the largest body; the fetch of a larger one fails
 * @param connectTimeout how long to wait for a connection
 * @param responseTimeout how long to wait for each next part of an answer
 */
@ConfigurationProperties("sample.fetch")
public record FetchProperties(
        @DefaultValue("false") boolean allowPrivateTargets,
        @DefaultValue("10MB") DataSize maxBody,
        @DefaultValue("3s") Duration connectTimeout,
        @DefaultValue("10s") Duration responseTimeout) {}
