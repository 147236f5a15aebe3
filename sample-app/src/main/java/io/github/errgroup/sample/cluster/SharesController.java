package io.github.errgroup.sample.cluster;

import io.github.errgroup.ErrGroup;
import io.github.errgroup.ErrGroups;
import io.github.errgroup.Subtask;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Profile;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.client.RestClient;

/** {@code GET /cluster}: the share of each instance, as its own endpoint tells it. Each is asked for its own, all at once. */
@RestController
@Profile("cluster")
class SharesController {
    private final ErrGroups groups;

    private final RestClient http;

    private final List<URI> instances;

    SharesController(ErrGroups groups, RestClient.Builder http, ClusterProperties properties) {
        this.groups = groups;
        this.http = http.requestFactory(new JdkClientHttpRequestFactory()).build();
        this.instances = properties.instances();
    }

    @GetMapping("/cluster")
    List<Share> shares() throws InterruptedException {
        try (ErrGroup group = groups.open("shares")) {
            List<Subtask<Map<String, Object>>> asked = group.map(instances, URI::toString, this::ask);
            group.settle(); // an instance that is down, or too slow, is one that does not answer
            return IntStream.range(0, asked.size())
                    .mapToObj(i -> Share.of(instances.get(i), asked.get(i).orElse(Map.of())))
                    .toList();
        }
    }

    private Map<String, Object> ask(URI instance) {
        return Objects.requireNonNull(http.get()
                        .uri(instance.resolve("/actuator/errgroups/prices"))
                        .retrieve()
                        .body(Report.class))
                .settings();
    }

    /** What matters here of the endpoint's answer. */
    private record Report(Map<String, Object> settings) {}

    /**
     * One instance as JSON has it; but for {@code instance} all is null where it does not answer.
     *
     * @param instance its URL
     * @param limit over all instances, as this one was last told
     * @param share how many tasks may run in this one now
     * @param leaseAge how long ago its share was renewed, as in PT0.5S; null while it has no lease
     */
    record Share(
            URI instance,
            @Nullable Integer limit,
            @Nullable Integer share,
            @Nullable String leaseAge) {
        static Share of(URI instance, Map<String, Object> settings) {
            return new Share(
                    instance, (Integer) settings.get("cluster-limit"), (Integer) settings.get("cluster-share"), (String)
                            settings.get("cluster-lease-age"));
        }
    }
}
