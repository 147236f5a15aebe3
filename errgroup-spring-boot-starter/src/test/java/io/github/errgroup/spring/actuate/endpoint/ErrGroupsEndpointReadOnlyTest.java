package io.github.errgroup.spring.actuate.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.errgroup.spring.ErrGroupRegistry;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;

@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {"management.endpoints.web.exposure.include=errgroups", "errgroup.groups.quote.limit=8"})
class ErrGroupsEndpointReadOnlyTest {
    @SpringBootConfiguration
    @EnableAutoConfiguration
    static class Application {}

    @Test
    void unless_access_is_opened_the_endpoint_can_only_be_read(
            @Value("${local.server.port}") int port, @Autowired ErrGroupRegistry registry) throws Exception {
        ActuatorClient actuator = new ActuatorClient(port);

        assertThat(actuator.get("errgroups").statusCode()).isEqualTo(200);
        assertThat(actuator.get("errgroups/quote").statusCode()).isEqualTo(200);
        assertThat(actuator.post("errgroups/quote", "{\"limit\": 1}").statusCode())
                .isEqualTo(405);
        assertThat(actuator.delete("errgroups/quote").statusCode()).isEqualTo(405);
        assertThat(registry.settings("quote").options().limit()).isEqualTo(8);
    }
}
