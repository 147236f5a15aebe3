package io.github.errgroup.sample.quotes;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.errgroup.sample.HangingServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.web.servlet.client.RestTestClient;

@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT, properties = "errgroup.groups.quote.timeout=60s")
class DroppedConnectionsTest {
    private static final HangingServer suppliers = new HangingServer("price");

    @DynamicPropertySource
    static void properties(DynamicPropertyRegistry registry) {
        registry.add("sample.suppliers.base-url", suppliers::baseUrl);
    }

    @AfterAll
    static void close() {
        suppliers.close();
    }

    @Test
    void when_one_supplier_fails_the_connections_to_the_others_are_dropped(@LocalServerPort int port)
            throws InterruptedException {
        RestTestClient.bindToServer()
                .baseUrl("http://127.0.0.1:" + port)
                .build()
                .get()
                .uri("/quotes/SKU-0001")
                .exchange()
                .expectStatus()
                .isEqualTo(502)
                .expectBody()
                .jsonPath("$.supplier")
                .isEqualTo("price");

        assertThat(suppliers.awaitDropped(3)).containsExactlyInAnyOrder("stock", "reviews", "shipping");
    }
}
