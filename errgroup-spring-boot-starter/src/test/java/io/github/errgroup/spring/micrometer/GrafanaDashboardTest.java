package io.github.errgroup.spring.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import com.jayway.jsonpath.JsonPath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The dashboard of the sample application, against the list of the meters. */
class GrafanaDashboardTest {
    private static final Path DASHBOARD = Path.of("..", "sample-app", "grafana", "errgroup-dashboard.json");

    private static final Pattern SERIES = Pattern.compile("errgroup_\\w+");

    private List<String> queries;

    private Set<String> queried;

    @BeforeEach
    void read() throws IOException {
        String json = Files.readString(DASHBOARD);
        queries = JsonPath.read(json, "$..expr");
        queried = queries.stream()
                .flatMap(query -> SERIES.matcher(query).results())
                .map(result -> result.group())
                .collect(Collectors.toSet());
    }

    @Test
    void queries_only_series_that_exist() {
        assertThat(queried).isNotEmpty().isSubsetOf(PrometheusSeries.all());
    }

    @ParameterizedTest
    @EnumSource
    void shows_the_meter(ErrGroupMeter meter) {
        assertThat(PrometheusSeries.of(meter)).anyMatch(queried::contains);
    }

    @ParameterizedTest
    @ValueSource(strings = {"group", "shared", "cluster"})
    void shows_the_limit_of_the_scope(String scope) {
        assertThat(queries)
                .anyMatch(query -> query.contains("errgroup_limit{") && query.contains("scope=\"" + scope + "\""));
    }
}
