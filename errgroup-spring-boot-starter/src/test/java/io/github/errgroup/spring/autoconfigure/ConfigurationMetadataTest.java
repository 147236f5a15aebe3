package io.github.errgroup.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import com.jayway.jsonpath.DocumentContext;
import com.jayway.jsonpath.JsonPath;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Reads the file that the annotation processor wrote, as an editor does. */
class ConfigurationMetadataTest {
    private static DocumentContext metadata;

    @BeforeAll
    static void read() throws IOException {
        try (InputStream file =
                ErrGroupProperties.class.getResourceAsStream("/META-INF/spring-configuration-metadata.json")) {
            metadata = JsonPath.parse(file);
        }
    }

    private static List<Map<String, Object>> properties() {
        return metadata.read("$.properties[?(@.name =~ /errgroup\\..*/)]");
    }

    @Test
    void every_property_of_the_contract_is_there_with_its_default() {
        Map<String, Object> defaults = new TreeMap<>();
        properties().forEach(property -> defaults.put((String) property.get("name"), property.get("defaultValue")));
        Map<String, Object> contract = new TreeMap<>();
        contract.put("errgroup.limit", null);
        contract.put("errgroup.shared-limit", null);
        contract.put("errgroup.timeout", null);
        contract.put("errgroup.task-timeout", null);
        contract.put("errgroup.limit-wait", null);
        contract.put("errgroup.cancel-on-error", true);
        contract.put("errgroup.tolerate", null);
        contract.put("errgroup.interrupt-on-cancel", true);
        contract.put("errgroup.executor.type", "auto");
        contract.put("errgroup.executor.bean", null);
        contract.put("errgroup.executor.thread-name-prefix", "errgroup-");
        contract.put("errgroup.executor.reuse-threads", null);
        contract.put("errgroup.executor.starvation-timeout", "200ms");
        contract.put("errgroup.straggler-grace", "5s");
        contract.put("errgroup.context-propagation.enabled", true);
        contract.put("errgroup.context-propagation.mdc-keys", null);
        contract.put("errgroup.singleton-use", "fail");
        contract.put("errgroup.leak.threshold", "10m");
        contract.put("errgroup.leak.capture-opener", false);
        contract.put("errgroup.shutdown.grace-period", "20s");
        contract.put("errgroup.shutdown.cancel-after", null);
        contract.put("errgroup.metrics.enabled", true);
        contract.put("errgroup.observations.enabled", false);
        contract.put("errgroup.ai.enabled", true);
        contract.put("errgroup.cluster.lease", "10s");
        contract.put("errgroup.cluster.key-prefix", null);
        contract.put("errgroup.cluster.without-redis", "stop");
        contract.put("errgroup.groups", null);
        assertThat(defaults).isEqualTo(contract);
    }

    @Test
    void every_property_has_a_description_that_is_a_sentence() {
        assertThat(properties())
                .allSatisfy(property -> assertThat((String) property.get("description"))
                        .as((String) property.get("name"))
                        .isNotBlank()
                        .endsWith("."));
    }

    @Test
    void the_executor_bean_is_completed_from_the_beans_of_that_type() {
        assertThat(metadata.<List<String>>read("$.hints[?(@.name == 'errgroup.executor.bean')].providers[*].name"))
                .containsExactly("spring-bean-reference");
        assertThat(metadata.<List<String>>read(
                        "$.hints[?(@.name == 'errgroup.executor.bean')].providers[*].parameters.target"))
                .containsExactly("java.util.concurrent.Executor");
    }

    @Test
    void a_group_may_have_any_name() {
        assertThat(metadata.<List<String>>read("$.hints[?(@.name == 'errgroup.groups.keys')].providers[*].name"))
                .containsExactly("any");
    }

    @Test
    void the_special_values_are_explained() {
        assertThat(metadata.<List<Object>>read("$.hints[?(@.name == 'errgroup.limit')].values[*].value"))
                .containsExactly(-1);
        assertThat(metadata.<List<Object>>read("$.hints[?(@.name == 'errgroup.shared-limit')].values[*].value"))
                .containsExactly(-1);
        assertThat(metadata.<List<Object>>read("$.hints[?(@.name == 'errgroup.timeout')].values[*].value"))
                .containsExactly("-1s");
        assertThat(metadata.<List<Object>>read("$.hints[?(@.name == 'errgroup.leak.threshold')].values[*].value"))
                .containsExactly("-1s");
    }
}
