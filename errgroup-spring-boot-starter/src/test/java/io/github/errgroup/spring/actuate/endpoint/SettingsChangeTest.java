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

class SettingsChangeTest {
    @Test
    void numbers_come_as_numbers_or_as_text() {
        assertThat(SettingsChange.of(Map.of("limit", 16, "shared-limit", " 32 ")))
                .isEqualTo(new SettingsChange(16, 32, null));
    }

    @ParameterizedTest
    @CsvSource({"2s, 2000", "PT2S, 2000", "250, 250", "-1s, -1000"})
    void a_timeout_is_written_as_in_properties(String text, long millis) {
        assertThat(SettingsChange.of(Map.of("timeout", text)).timeout()).isEqualTo(Duration.ofMillis(millis));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "many", "1.5", "99999999999"})
    void a_limit_that_is_no_number_is_refused_with_the_rule(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SettingsChange.of(Map.of("limit", text)))
                .withMessage("limit '" + text + "': must be a whole number above 0, or -1 for no limit");
    }

    @Test
    void a_limit_of_null_is_refused_and_does_not_pass_for_one_left_out() {
        Map<String, Object> body = new HashMap<>();
        body.put("limit", null);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> SettingsChange.of(body))
                .withMessageStartingWith("limit 'null': must be");
    }

    @ParameterizedTest
    @ValueSource(strings = {"soon", "2 parsecs", ""})
    void a_timeout_that_is_no_duration_is_refused_with_the_rule(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SettingsChange.of(Map.of("timeout", text)))
                .withMessageStartingWith("timeout '" + text + "': must be a duration");
    }

    @Test
    void an_unknown_key_is_refused_with_those_that_are_known() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SettingsChange.of(Map.of("limt", 16)))
                .withMessage("limt: unknown, must be one of [limit, shared-limit, timeout]");
    }

    @Test
    void a_body_without_keys_is_refused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SettingsChange.of(Map.of()))
                .withMessage("nothing to change: give at least one of [limit, shared-limit, timeout]");
    }
}
