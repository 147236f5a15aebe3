package io.github.errgroup.first;

import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.web.servlet.client.RestTestClient;
import org.springframework.test.web.servlet.client.RestTestClient.ResponseSpec;

@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
class FirstApplicationTest {
    @LocalServerPort
    private int port;

    @Test
    void a_quote_has_what_both_tasks_found() {
        get("/quotes/lamp").expectStatus().isOk().expectBody().json("{'sku': 'lamp', 'cents': 1990, 'stock': 3}");
    }

    @Test
    void the_task_that_failed_is_named() {
        get("/quotes/sofa")
                .expectStatus()
                .isEqualTo(502)
                .expectBody()
                .jsonPath("$.task")
                .isEqualTo("stock");
    }

    private ResponseSpec get(String path) {
        return RestTestClient.bindToServer()
                .baseUrl("http://localhost:" + port)
                .build()
                .get()
                .uri(path)
                .exchange();
    }
}
