package io.github.errgroup.sample.quotes;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.errgroup.ErrGroups;
import io.github.errgroup.sample.suppliers.Supplier;
import io.github.errgroup.sample.suppliers.SupplierBehaviour;
import io.github.errgroup.sample.suppliers.SupplierBehaviours;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.client.RestTestClient;

@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT, properties = "errgroup.groups.quote.timeout=5s")
class QuotesTest {
    private static final Duration AN_AGE = Duration.ofSeconds(30);

    @Autowired
    private SupplierBehaviours behaviours;

    @Autowired
    private ErrGroups groups;

    private Map<Supplier, SupplierBehaviour> before = Map.of();

    private RestTestClient http = RestTestClient.bindToServer().build();

    @BeforeEach
    void remember(@LocalServerPort int port) {
        before = behaviours.all();
        http = RestTestClient.bindToServer().baseUrl("http://127.0.0.1:" + port).build();
    }

    @AfterEach
    void restore() {
        before.forEach(behaviours::change);
    }

    @Test
    void a_quote_is_made_from_four_suppliers() {
        http.get()
                .uri("/quotes/SKU-0001")
                .exchange()
                .expectStatus()
                .isOk()
                .expectBody()
                .jsonPath("$.sku")
                .isEqualTo("SKU-0001")
                .jsonPath("$.price.amount")
                .isNumber()
                .jsonPath("$.price.currency")
                .isEqualTo("EUR")
                .jsonPath("$.stock.available")
                .isNumber()
                .jsonPath("$.reviews.rating")
                .isNumber()
                .jsonPath("$.shipping.days")
                .isNumber();
        assertThat(groups.live()).isEmpty();
    }

    @Test
    void an_unknown_sku_is_answered_with_404_and_problem_json() {
        http.get()
                .uri("/quotes/SKU-9999")
                .exchange()
                .expectStatus()
                .isNotFound()
                .expectHeader()
                .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                .expectBody()
                .jsonPath("$.detail")
                .isEqualTo("sku 'SKU-9999': must be one that the suppliers know");
    }

    @Test
    void the_first_supplier_that_fails_is_named_and_the_others_are_not_waited_for() {
        for (Supplier supplier : Supplier.values()) {
            behaviours.change(supplier, new SupplierBehaviour(AN_AGE, 0, false));
        }
        behaviours.change(Supplier.STOCK, new SupplierBehaviour(Duration.ZERO, 1, false));

        // The others take longer than the deadline: if the quote waited for them, this would be a 504.
        http.get()
                .uri("/quotes/SKU-0001")
                .exchange()
                .expectStatus()
                .isEqualTo(502)
                .expectHeader()
                .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                .expectBody()
                .jsonPath("$.supplier")
                .isEqualTo("stock")
                .jsonPath("$.detail")
                .isEqualTo("supplier 'stock' answered 503");
        assertThat(groups.live()).isEmpty();
    }

    @Test
    void past_the_deadline_the_answer_is_504_and_names_the_slow_supplier() {
        behaviours.change(Supplier.REVIEWS, new SupplierBehaviour(AN_AGE, 0, false));

        http.get()
                .uri("/quotes/SKU-0001")
                .exchange()
                .expectStatus()
                .isEqualTo(504)
                .expectHeader()
                .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                .expectBody(String.class)
                .value(body -> assertThat(body).contains("reviews").doesNotContain("price"));
        assertThat(groups.live()).isEmpty();
    }

    @Test
    void a_supplier_that_ignores_cancellation_delays_the_answer() {
        Duration delay = Duration.ofMillis(700);
        behaviours.change(Supplier.REVIEWS, new SupplierBehaviour(delay, 0, true));
        behaviours.change(Supplier.STOCK, new SupplierBehaviour(Duration.ZERO, 1, false));

        long start = System.nanoTime();
        http.get().uri("/quotes/SKU-0001").exchange().expectStatus().isEqualTo(502);

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(delay);
    }

    @Test
    void actuator_shows_the_tasks_of_the_group() {
        http.get().uri("/quotes/SKU-0002").exchange().expectStatus().isOk();

        http.get()
                .uri("/actuator/metrics/errgroup.task?tag=group:quote&tag=outcome:success")
                .exchange()
                .expectStatus()
                .isOk()
                .expectBody()
                .jsonPath("$.measurements[?(@.statistic == 'COUNT')].value")
                .value(counts -> assertThat(counts.toString()).matches("\\[[1-9].*"));
    }
}
