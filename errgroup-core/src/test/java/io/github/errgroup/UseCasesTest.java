package io.github.errgroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.errgroup.examples.FetchPages;
import io.github.errgroup.examples.ProductImport;
import io.github.errgroup.examples.ProductImport.Product;
import io.github.errgroup.examples.QuoteService;
import io.github.errgroup.examples.Thumbnails;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What the library is for, with the examples of the pages as the code under test. */
class UseCasesTest {
    @Nested
    class AFewCallsAtOnce {
        @Test
        void give_their_results() throws InterruptedException {
            AtomicInteger audited = new AtomicInteger();
            QuoteService service = new QuoteService(sku -> 995, sku -> 7, sku -> audited.incrementAndGet());

            assertThat(service.quote("tea")).isEqualTo(new QuoteService.Quote("tea", 995, 7));
            assertThat(audited).hasValue(1);
        }

        @Test
        void the_first_failure_names_its_task_and_ends_the_others() {
            CountDownLatch othersRun = new CountDownLatch(2);
            CountDownLatch othersInterrupted = new CountDownLatch(2);
            IOException down = new IOException("stock is down");
            QuoteService service = new QuoteService(
                    sku -> {
                        waitForEver(othersRun, othersInterrupted);
                        return 995;
                    },
                    sku -> {
                        othersRun.await();
                        throw down;
                    },
                    sku -> waitForEver(othersRun, othersInterrupted));

            assertThatExceptionOfType(ErrGroupException.class)
                    .isThrownBy(() -> service.quote("tea"))
                    .withMessageContainingAll("quote", "stock")
                    .withCause(down);
            assertThat(othersInterrupted.getCount()).isZero();
        }
    }

    @Nested
    class ConcurrentNetworkRequests {
        @Test
        void all_pages_arrive_in_order_twenty_at_a_time() throws Exception {
            try (LoopbackServer server = new LoopbackServer(20)) {
                List<URI> pages = IntStream.range(0, 200)
                        .mapToObj(i -> server.page("/together/" + i))
                        .toList();

                List<String> bodies = new FetchPages().fetchAll(pages);

                assertThat(bodies).isEqualTo(pages.stream().map(URI::getPath).toList());
                assertThat(server.mostActive()).isEqualTo(20);
            }
        }

        @Test
        void one_page_that_fails_drops_the_connections_of_the_others() throws Exception {
            int others = 12;
            try (LoopbackServer server = new LoopbackServer(others)) {
                List<URI> pages = new ArrayList<>();
                IntStream.range(0, others).forEach(i -> pages.add(server.page("/hold/" + i)));
                pages.add(others / 2, server.page("/fail"));

                assertThatExceptionOfType(ErrGroupException.class)
                        .isThrownBy(() -> new FetchPages().fetchAll(pages))
                        .withMessageContaining("fetch")
                        .havingCause()
                        .isInstanceOf(IOException.class)
                        .withMessage(server.page("/fail") + " answered 500");

                assertThat(server.dropped.await(30, TimeUnit.SECONDS))
                        .as("the server sees %d connections dropped, %d missing", others, server.dropped.getCount())
                        .isTrue();
            }
        }
    }

    @Nested
    class ALongListAFewAtATime {
        private final AtomicInteger active = new AtomicInteger();
        private final AtomicInteger mostActive = new AtomicInteger();

        @Test
        void every_item_is_handled_once_and_never_more_than_the_limit_at_once() throws Exception {
            int pictures = 10_000;
            Set<Path> made = ConcurrentHashMap.newKeySet();
            CountDownLatch fourAtOnce = new CountDownLatch(4);
            Thumbnails thumbnails = new Thumbnails(picture -> {
                mostActive.accumulateAndGet(active.incrementAndGet(), Math::max);
                fourAtOnce.countDown();
                fourAtOnce.await();
                assertThat(made.add(picture))
                        .as("%s for the first time", picture)
                        .isTrue();
                active.decrementAndGet();
            });

            thumbnails.make(IntStream.range(0, pictures).mapToObj(i -> Path.of("picture-" + i)));

            assertThat(made).hasSize(pictures);
            assertThat(mostActive).hasValue(4);
        }

        @Test
        void a_failure_ends_the_reading_of_a_list_without_end() {
            IOException broken = new IOException("picture-500 is broken");
            AtomicInteger read = new AtomicInteger();
            Stream<Path> pictures = LongStream.iterate(0, i -> i + 1)
                    .peek(i -> read.incrementAndGet())
                    .mapToObj(i -> Path.of("picture-" + i));
            Thumbnails thumbnails = new Thumbnails(picture -> {
                int number = Integer.parseInt(picture.toString().substring("picture-".length()));
                if (number == 500) {
                    throw broken;
                }
                if (number > 500) {
                    new CountDownLatch(1).await(); // holds its slot until it is cancelled
                }
            });

            assertThatExceptionOfType(IOException.class)
                    .isThrownBy(() -> thumbnails.make(pictures))
                    .isSameAs(broken);
            // 0 to 500, three more that hold the other slots, and one or two in the hand of whoever reads
            assertThat(read).hasValueBetween(501, 506);
        }
    }

    @Nested
    class APipeline {
        private final Map<String, Subtask.State> ends = new ConcurrentHashMap<>();
        private final ErrGroups groups = ErrGroups.of(ErrGroupOptions.builder()
                .listener(new GroupListener() {
                    @Override
                    public void onTaskEnd(Subtask<?> task, long nanos) {
                        ends.put(task.name(), task.state());
                    }
                })
                .build());
        private final List<Product> database = Collections.synchronizedList(new ArrayList<>());

        @Test
        void carries_every_line_through_all_stages_in_order() throws InterruptedException {
            int lines = 10_000;

            new ProductImport(groups, database::add)
                    .run(IntStream.rangeClosed(1, lines)
                            .mapToObj(APipeline::line)
                            .toList());

            assertThat(database)
                    .isEqualTo(IntStream.rangeClosed(1, lines)
                            .mapToObj(i -> new Product("sku-" + i, i))
                            .toList());
            assertThat(ends).containsOnlyKeys("preprocess", "validate", "save");
            assertThat(ends.values()).containsOnly(Subtask.State.SUCCEEDED);
        }

        @Test
        void a_failure_in_preprocess_stops_the_others_where_they_wait() {
            Iterable<String> brokenAtTheEnd = () -> Stream.concat(
                            IntStream.rangeClosed(1, 1_000).mapToObj(APipeline::line), Stream.of("tea;cheap"))
                    .iterator();

            assertThatExceptionOfType(ErrGroupException.class)
                    .isThrownBy(() -> new ProductImport(groups, database::add).run(brokenAtTheEnd))
                    .withMessageContainingAll("import", "preprocess")
                    .havingCause()
                    .isInstanceOf(NumberFormatException.class)
                    .withMessageContaining("cheap");
            assertOnlyFailed("preprocess");
        }

        @Test
        void a_failure_in_validate_stops_the_others_where_they_wait() {
            Iterable<String> free = () -> endless(i -> i == 1_000 ? "tea;0" : line(i));

            assertThatExceptionOfType(ErrGroupException.class)
                    .isThrownBy(() -> new ProductImport(groups, database::add).run(free))
                    .withMessageContainingAll("import", "validate")
                    .havingCause()
                    .withMessage("cents 0 of tea: must be above zero");
            assertOnlyFailed("validate");
            assertThat(database).hasSizeLessThan(1_000);
        }

        @Test
        void a_failure_in_save_stops_the_others_where_they_wait() {
            IOException full = new IOException("disk full");

            assertThatExceptionOfType(ErrGroupException.class)
                    .isThrownBy(() -> new ProductImport(groups, product -> {
                                database.add(product);
                                if (database.size() == 1_000) {
                                    throw full;
                                }
                            })
                            .run(() -> endless(APipeline::line)))
                    .withMessageContainingAll("import", "save")
                    .withCause(full);
            assertOnlyFailed("save");
            assertThat(database).hasSize(1_000);
        }

        private void assertOnlyFailed(String stage) {
            assertThat(ends).containsOnlyKeys("preprocess", "validate", "save");
            ends.forEach((name, end) -> assertThat(end)
                    .as(name)
                    .isEqualTo(name.equals(stage) ? Subtask.State.FAILED : Subtask.State.CANCELLED));
        }

        private static String line(int number) {
            return "sku-" + number + ";" + number;
        }

        /** Lines without end, as far as the stage that reads them is concerned: only a cancellation ends it. */
        private static Iterator<String> endless(IntFunction<String> line) {
            return IntStream.iterate(1, i -> i + 1).mapToObj(line).iterator();
        }
    }

    private static void waitForEver(CountDownLatch running, CountDownLatch interrupted) throws InterruptedException {
        running.countDown();
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException cancelled) {
            interrupted.countDown();
            throw cancelled;
        }
    }
}
