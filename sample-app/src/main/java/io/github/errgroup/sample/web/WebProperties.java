package io.github.errgroup.sample.web;

import java.util.Set;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * {@code sample.web.*}.
 *
 * @param allowedHosts the hosts that a request may name, without a port; others are refused
 * @param maxBody the largest body of a request; CSV may be larger, since it is read piece by piece
 */
@ConfigurationProperties("sample.web")
public record WebProperties(
        @DefaultValue({"localhost", "127.0.0.1", "[::1]"}) Set<String> allowedHosts,
        @DefaultValue("4MB") DataSize maxBody) {}
