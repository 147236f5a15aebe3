package io.github.errgroup.slice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import io.github.errgroup.ErrGroup;
import io.github.errgroup.ErrGroupException;
import io.github.errgroup.ErrGroupOptions;
import io.github.errgroup.ErrGroups;
import io.github.errgroup.Subtask;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.mockito.InjectMocks;
import org.mockito.Mock;
import org.mockito.Spy;
import org.mockito.exceptions.base.MockitoException;
import org.mockito.junit.jupiter.MockitoExtension;

/** What the guide on testing shows, run; {@code PagesTest} compares the two. */
class TestingGuideTest {
    private final Prices prices = sku -> 42;

    /** A service as a user writes it. */
    static class QuoteService {
        private final ErrGroups groups;
        private final Prices prices;

        QuoteService(ErrGroups groups, Prices prices) {
            this.groups = groups;
            this.prices = prices;
        }

        List<Long> quotes(List<String> skus) throws InterruptedException {
            return groups.map("quote", skus, prices::find);
        }
    }

    /** One that takes a template. */
    record StockService(ErrGroup template) {
        String sync() throws InterruptedException {
            try (ErrGroup group = template.fresh()) {
                Subtask<String> task = group.go(() -> group.name());
                group.await();
                return task.get();
            }
        }
    }

    @Test
    void without_spring() throws InterruptedException {
        QuoteService service = new QuoteService(ErrGroups.of(ErrGroupOptions.defaults()), prices);

        assertThat(service.quotes(List.of("A-1", "A-2"))).containsExactly(42L, 42L);
    }

    @Test
    void on_the_tests_own_thread() throws InterruptedException {
        ErrGroups groups = ErrGroups.of(o -> o.executor(Runnable::run));
        List<String> asked = new ArrayList<>();
        Thread test = Thread.currentThread();
        QuoteService service = new QuoteService(groups, sku -> {
            assertThat(Thread.currentThread()).isSameAs(test);
            asked.add(sku);
            return 42;
        });

        service.quotes(List.of("A-1", "A-2", "A-3"));

        assertThat(asked).containsExactly("A-1", "A-2", "A-3");
    }

    @Test
    void a_template() throws InterruptedException {
        try (ErrGroup stock = ErrGroup.open(o -> o.name("stock"))) {
            assertThat(new StockService(stock).sync()).isEqualTo("stock");
        }
    }

    @Test
    void a_handle_is_no_thing_to_mock() {
        assertThatThrownBy(() -> mock(Subtask.class)).isInstanceOf(MockitoException.class);
    }

    @Nested
    @ExtendWith(MockitoExtension.class)
    class With_mockito {
        @Spy
        ErrGroups groups = ErrGroups.of(o -> o.executor(Runnable::run));

        @Mock
        Prices prices;

        @InjectMocks
        QuoteService service;

        @Test
        void asks_for_each_price() throws InterruptedException {
            when(prices.find("A-1")).thenReturn(42L);

            assertThat(service.quotes(List.of("A-1"))).containsExactly(42L);
            verify(prices).find("A-1");
        }

        @Test
        void fails() {
            when(prices.find("A-1")).thenThrow(new IllegalStateException("no price"));

            assertThatThrownBy(() -> service.quotes(List.of("A-1")))
                    .isInstanceOf(ErrGroupException.class)
                    .hasRootCauseMessage("no price");
        }
    }
}
