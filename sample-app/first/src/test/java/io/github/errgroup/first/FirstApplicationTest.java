package io.github.errgroup.first;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.webmvc.test.autoconfigure.AutoConfigureMockMvc;
import org.springframework.test.web.servlet.assertj.MockMvcTester;

@SpringBootTest
@AutoConfigureMockMvc
class FirstApplicationTest {
    @Autowired
    private MockMvcTester http;

    @Test
    void a_quote_has_what_both_tasks_found() {
        assertThat(http.get().uri("/quotes/lamp"))
                .hasStatusOk()
                .bodyJson()
                .isLenientlyEqualTo("{'sku': 'lamp', 'cents': 1990, 'stock': 3}");
    }

    @Test
    void the_task_that_failed_is_named() {
        assertThat(http.get().uri("/quotes/sofa"))
                .hasStatus(502)
                .bodyJson()
                .extractingPath("$.task")
                .isEqualTo("stock");
    }
}
