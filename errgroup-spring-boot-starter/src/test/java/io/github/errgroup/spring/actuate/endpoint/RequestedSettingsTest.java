package io.github.errgroup.spring.actuate.endpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestedSettingsTest {
    @Test
    void numbers_come_as_numbers_or_as_text() {
        RequestedSettings requested = new RequestedSettings(Map.of("limit", 16, "shared-limit", " 32 "));
        requested.checkKeys();
        assertThat(requested.limit()).isEqualTo(16);
        assertThat(requested.sharedLimit()).isEqualTo(32);
        assertThat(requested.timeout()).isNull();
    }

    @ParameterizedTest
    @CsvSource({"2s, 2000", "PT2S, 2000", "250, 250", "-1s, -1000"})
    void a_timeout_is_written_as_in_properties(String text, long millis) {
        assertThat(new RequestedSettings(Map.of("timeout", text)).timeout()).isEqualTo(Duration.ofMillis(millis));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "many", "1.5", "99999999999"})
    void a_limit_that_is_no_number_is_refused_with_the_rule(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new RequestedSettings(Map.of("limit", text)).limit())
                .withMessage("limit '" + text + "': must be a whole number above 0, or -1 for no limit");
    }

    @Test
    void a_cluster_limit_that_is_no_number_is_not_told_of_no_limit_which_it_cannot_be() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new RequestedSettings(Map.of("cluster-limit", "many")).clusterLimit())
                .withMessage("cluster-limit 'many': must be a whole number above 0");
    }

    @Test
    void a_limit_of_null_is_refused_and_does_not_pass_for_one_left_out() {
        Map<String, Object> body = new HashMap<>();
        body.put("limit", null);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> new RequestedSettings(body).limit())
                .withMessageStartingWith("limit 'null': must be");
    }

    @ParameterizedTest
    @ValueSource(strings = {"soon", "2 parsecs", ""})
    void a_timeout_that_is_no_duration_is_refused_with_the_rule(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new RequestedSettings(Map.of("timeout", text)).timeout())
                .withMessageStartingWith("timeout '" + text + "': must be a duration");
    }

    @Test
    void an_unknown_key_is_refused_with_those_that_are_known() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new RequestedSettings(Map.of("limt", 16)).checkKeys())
                .withMessage("limt: unknown, must be one of [limit, shared-limit, cluster-limit, timeout]");
    }

    @Test
    void a_body_without_keys_is_refused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new RequestedSettings(Map.of()).checkKeys())
                .withMessage("nothing to change: give at least one of [limit, shared-limit, cluster-limit, timeout]");
    }
}
