package io.github.errgroup.sample.cluster;

import java.net.URI;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * {@code sample.cluster.*}.
 *
 * @param port the first port of Hazelcast's members, on loopback
 * @param instances the instances of this application whose shares are shown
 */
@ConfigurationProperties("sample.cluster")
public record ClusterProperties(
        @DefaultValue("5701") int port, @DefaultValue List<URI> instances) {}
