package io.github.errgroup.slice;

import static org.mockito.Mockito.when;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.webmvc.test.autoconfigure.WebMvcTest;
import org.springframework.test.context.TestPropertySource;
import org.springframework.test.context.bean.override.mockito.MockitoBean;
import org.springframework.test.web.servlet.assertj.MockMvcTester;

/** A slice has the groups without an import; shown in the guide on testing. */
@WebMvcTest(properties = {"errgroup.groups.quote.limit=2", "errgroup.groups.stock.limit=3"})
class QuoteControllerTest {
    @Autowired
    MockMvcTester mvc;

    @MockitoBean
    Prices prices;

    @BeforeEach
    void price() {
        when(prices.find("A-1")).thenReturn(42L);
    }

    @Test
    void asks_for_the_price() {
        mvc.get().uri("/quotes/A-1").assertThat().hasStatusOk().hasBodyTextEqualTo("A-1: 42, limits 2 and 3");
    }

    /** The beans of a configuration are in no slice. */
    @Nested
    @TestPropertySource(properties = "errgroup.executor.bean=ioPool")
    class Without_the_executor_of_the_application {
        @Test
        void runs_on_threads_of_the_groups_own() {
            mvc.get().uri("/quotes/A-1").assertThat().hasStatusOk();
        }
    }
}
