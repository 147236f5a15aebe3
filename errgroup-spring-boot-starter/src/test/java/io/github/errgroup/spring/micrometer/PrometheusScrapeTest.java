package io.github.errgroup.spring.micrometer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.errgroup.ErrGroup;
import io.github.errgroup.ErrGroupException;
import io.github.errgroup.ErrGroups;
import io.micrometer.common.docs.KeyName;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;

@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            "management.endpoints.web.exposure.include=prometheus,metrics",
            // Boot 3 turns exporters off in tests.
            "management.prometheus.metrics.export.enabled=true",
            "errgroup.groups.quote.limit=8",
            "errgroup.groups.untouched.limit=-1",
        })
@Timeout(60)
class PrometheusScrapeTest {
    private static final Pattern SAMPLE = Pattern.compile("(errgroup_\\w+)\\{([^}]*)} (\\S+)");

    private static final Pattern LABEL = Pattern.compile("(\\w+)=\"([^\"]*)\"");

    @SpringBootConfiguration
    @EnableAutoConfiguration
    static class Application {}

    private record Sample(String series, Map<String, String> labels, double value) {}

    @Value("${local.server.port}")
    private int port;

    @Autowired
    private ErrGroups groups;

    @Test
    void the_scrape_has_exactly_the_meters_of_the_table_with_their_tags() throws Exception {
        List<Sample> samples = scrape();

        assertThat(samples.stream().map(Sample::series).collect(Collectors.toSet()))
                .containsExactlyInAnyOrderElementsOf(PrometheusSeries.ofEveryName());
        for (ErrGroupMeter meter : ErrGroupMeter.ofEveryName()) {
            Set<String> keys = Arrays.stream(meter.getKeyNames())
                    .map(KeyName::asString)
                    .collect(Collectors.toCollection(TreeSet::new));
            for (String series : PrometheusSeries.of(meter)) {
                assertThat(samples)
                        .filteredOn(sample -> sample.series().equals(series))
                        .as(series)
                        .isNotEmpty()
                        .allSatisfy(
                                sample -> assertThat(sample.labels().keySet()).isEqualTo(keys))
                        .extracting(sample -> sample.labels().get("group"))
                        .contains("default", "quote", "untouched");
            }
        }
    }

    @Test
    void a_name_that_nobody_opened_is_all_zeros_but_for_its_limits() throws Exception {
        assertThat(scrape())
                .filteredOn(sample -> "untouched".equals(sample.labels().get("group")))
                .isNotEmpty()
                .allSatisfy(sample -> {
                    if (sample.series().equals("errgroup_limit")) {
                        assertThat(sample.value()).isNaN();
                    } else {
                        assertThat(sample.value()).isZero();
                    }
                });
    }

    @Test
    void what_groups_do_shows_in_the_next_scrape() throws Exception {
        double successes = value("errgroup_task_seconds_count", "outcome", "success");
        double failures = value("errgroup_task_seconds_count", "outcome", "failure");
        double cancellations = value("errgroup_cancellations_total", "reason", "failure");

        try (ErrGroup group = groups.open("quote")) {
            group.go(() -> 1);
            group.await();
        }
        try (ErrGroup group = groups.open("quote")) {
            group.go(() -> {
                throw new IOException("supplier down");
            });
            assertThatThrownBy(group::await).isInstanceOf(ErrGroupException.class);
        }

        assertThat(value("errgroup_task_seconds_count", "outcome", "success")).isEqualTo(successes + 1);
        assertThat(value("errgroup_task_seconds_count", "outcome", "failure")).isEqualTo(failures + 1);
        assertThat(value("errgroup_task_failures_total", "exception", "IOException"))
                .isEqualTo(failures + 1);
        assertThat(value("errgroup_cancellations_total", "reason", "failure")).isEqualTo(cancellations + 1);
        assertThat(value("errgroup_limit", "scope", "group")).isEqualTo(8);
        assertThat(get("/actuator/metrics/errgroup.task?tag=group:quote&tag=outcome:success"))
                .contains("\"COUNT\"");
    }

    @Test
    void names_that_are_not_configured_are_told_under_default_and_never_by_themselves() throws Exception {
        try (ErrGroup group = groups.open("sku-4711")) {
            group.go(() -> 1);
            group.await();
        }

        assertThat(scrape())
                .extracting(sample -> sample.labels().get("group"))
                .containsOnly("default", "quote", "untouched");
        assertThat(scrape())
                .filteredOn(sample -> sample.series().equals("errgroup_group_seconds_count")
                        && "default".equals(sample.labels().get("group"))
                        && "success".equals(sample.labels().get("outcome")))
                .singleElement()
                .satisfies(sample -> assertThat(sample.value()).isPositive());
    }

    private double value(String series, String key, String value) throws Exception {
        return scrape().stream()
                .filter(sample -> sample.series().equals(series)
                        && "quote".equals(sample.labels().get("group"))
                        && value.equals(sample.labels().get(key)))
                .findFirst()
                .orElseThrow()
                .value();
    }

    private List<Sample> scrape() throws Exception {
        return get("/actuator/prometheus")
                .lines()
                .filter(line -> line.startsWith("errgroup"))
                .map(PrometheusScrapeTest::sample)
                .toList();
    }

    private static Sample sample(String line) {
        Matcher matcher = SAMPLE.matcher(line);
        assertThat(matcher.matches()).as(line).isTrue();
        Map<String, String> labels = new TreeMap<>();
        LABEL.matcher(matcher.group(2)).results().forEach(label -> labels.put(label.group(1), label.group(2)));
        return new Sample(matcher.group(1), labels, Double.parseDouble(matcher.group(3)));
    }

    private String get(String path) throws IOException, InterruptedException {
        HttpResponse<String> response = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).isEqualTo(200);
        return response.body();
    }
}
