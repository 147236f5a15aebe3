package io.github.errgroup.spring.actuate.endpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.jayway.jsonpath.JsonPath;
import io.github.errgroup.ErrGroup;
import io.github.errgroup.ErrGroupException;
import io.github.errgroup.ErrGroups;
import io.github.errgroup.GroupSnapshot;
import io.github.errgroup.user.Forgetful;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;

@SpringBootTest(
        classes = ErrGroupsEndpointHttpTest.Application.class,
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            "management.endpoints.web.exposure.include=errgroups",
            "management.endpoint.errgroups.access=unrestricted",
            "errgroup.groups.quote.limit=8",
            "errgroup.groups.quote.timeout=1h",
            "errgroup.groups.stock.cancel-on-error=false",
            // Names of their own for tests that count.
            "errgroup.groups.untouched.limit=4",
            "errgroup.groups.billing.limit=4",
            "errgroup.groups.load.limit=4",
        })
@Timeout(60)
class ErrGroupsEndpointHttpTest {
    @SpringBootConfiguration
    @EnableAutoConfiguration
    static class Application {}

    @Autowired
    private ErrGroups groups;

    private ActuatorClient actuator;

    private final CountDownLatch end = new CountDownLatch(1);

    @BeforeEach
    void connect(@Value("${local.server.port}") int port) {
        actuator = new ActuatorClient(port);
    }

    @AfterEach
    void letEverythingEnd() throws Exception {
        end.countDown();
        actuator.delete("errgroups/quote");
    }

    @Nested
    class Get {
        @Test
        void of_everything_shows_each_name_with_its_settings_and_totals() throws Exception {
            HttpResponse<String> response = actuator.get("errgroups");

            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(JsonPath.<Map<String, Object>>read(response.body(), "$.names")
                            .keySet())
                    .startsWith("default")
                    .contains("quote", "stock", "untouched");
            assertThat(number(response, "$.names.quote.settings.limit")).isEqualTo(8);
            assertThat(number(response, "$.names.quote.settings.shared-limit")).isEqualTo(-1);
            assertThat(text(response, "$.names.quote.settings.timeout")).isEqualTo("PT1H");
            assertThat(JsonPath.<Boolean>read(response.body(), "$.names.stock.settings.cancel-on-error"))
                    .isFalse();
            assertThat(list(response, "$.names.quote.settings.overridden")).isEmpty();
            assertThat(number(response, "$.names.untouched.totals.groups.open")).isZero();
            assertThat(number(response, "$.names.untouched.totals.tasks.submitted"))
                    .isZero();
            assertThat(list(response, "$.names.untouched.live")).isEmpty();
        }

        @Test
        void of_a_name_shows_its_live_groups_with_what_their_tasks_wait_for() throws Exception {
            CountDownLatch running = new CountDownLatch(1);
            try (ErrGroup group = groups.open("quote")) {
                group.go("price", () -> blockHere(running));
                running.await();

                HttpResponse<String> response = actuator.get("errgroups/quote");

                assertThat(response.statusCode()).isEqualTo(200);
                assertThat(text(response, "$.live[0].name")).isEqualTo("quote");
                assertThat(text(response, "$.live[0].phase")).isEqualTo("OPEN");
                assertThat(Duration.parse(text(response, "$.live[0].age"))).isPositive();
                assertThat(Duration.parse(text(response, "$.live[0].remaining")))
                        .isLessThan(Duration.ofHours(1));
                assertThat(number(response, "$.live[0].limit")).isEqualTo(8);
                assertThat(number(response, "$.live[0].counts.pending")).isOne();
                assertThat(text(response, "$.live[0].tasks[0].name")).isEqualTo("price");
                assertThat(text(response, "$.live[0].tasks[0].state")).isEqualTo("RUNNING");
                assertThat(Duration.parse(text(response, "$.live[0].tasks[0].age")))
                        .isPositive();
                assertThat(text(response, "$.live[0].tasks[0].thread")).startsWith("errgroup-quote");
                assertThat(JsonPath.<List<String>>read(response.body(), "$.live[0].tasks[0].stack"))
                        .anyMatch(frame -> frame.contains("ErrGroupsEndpointHttpTest.blockHere"));
                assertThat(number(response, "$.totals.groups.open")).isOne();
                end.countDown();
                group.await();
            }
        }

        @Test
        void shows_the_code_that_opened_a_group_where_that_is_captured() throws Exception {
            try (ErrGroup group = Forgetful.open(groups, "quote", true)) {
                HttpResponse<String> response = actuator.get("errgroups/quote");

                assertThat(text(response, "$.live[0].openedAt[0]"))
                        .startsWith("io.github.errgroup.user.Forgetful.open(Forgetful.java:");
                group.await();
            }
            try (ErrGroup group = Forgetful.open(groups, "quote", false)) {
                HttpResponse<String> response = actuator.get("errgroups/quote");

                assertThat(list(response, "$.live")).hasSize(1);
                assertThat(response.body()).doesNotContain("openedAt");
                group.await();
            }
        }

        @Test
        void shows_a_group_below_the_group_in_whose_task_it_was_opened() throws Exception {
            CountDownLatch running = new CountDownLatch(1);
            try (ErrGroup outer = groups.open("quote")) {
                outer.go("fan-out", () -> {
                    try (ErrGroup inner = groups.open("stock")) {
                        inner.go("shelf", () -> blockHere(running));
                        inner.await();
                    }
                });
                running.await();

                HttpResponse<String> response = actuator.get("errgroups");

                assertThat(text(response, "$.names.quote.live[0].groups[0].name"))
                        .isEqualTo("stock");
                assertThat(text(response, "$.names.quote.live[0].groups[0].tasks[0].name"))
                        .isEqualTo("shelf");
                assertThat(text(response, "$.names.stock.live[0].tasks[0].name"))
                        .isEqualTo("shelf");
                assertThat(list(response, "$.names.stock.live[0].groups")).isEmpty();
                assertThat(text(actuator.get("errgroups/quote"), "$.live[0].groups[0].tasks[0].name"))
                        .isEqualTo("shelf");
                end.countDown();
                outer.await();
            }
        }

        @Test
        void shows_a_group_below_one_of_its_own_name_only_once() throws Exception {
            CountDownLatch running = new CountDownLatch(1);
            try (ErrGroup outer = groups.open("quote")) {
                outer.go(() -> {
                    try (ErrGroup inner = groups.open("quote")) {
                        inner.go(() -> blockHere(running));
                        inner.await();
                    }
                });
                running.await();

                HttpResponse<String> response = actuator.get("errgroups/quote");

                assertThat(list(response, "$.live")).hasSize(1);
                assertThat(list(response, "$.live[0].groups")).hasSize(1);
                assertThat(number(response, "$.totals.groups.open")).isEqualTo(2);
                end.countDown();
                outer.await();
            }
        }

        @Test
        void tells_a_cancelled_group_that_waits_for_a_task_which_does_not_end() throws Exception {
            CountDownLatch running = new CountDownLatch(1);
            AtomicBoolean released = new AtomicBoolean();
            try (ErrGroup group = groups.open("quote")) {
                try {
                    group.go("deaf", () -> {
                        running.countDown();
                        while (!released.get()) {
                            Thread.onSpinWait();
                        }
                    });
                    running.await();
                    group.cancel();

                    HttpResponse<String> response = actuator.get("errgroups/quote");

                    assertThat(text(response, "$.live[0].phase")).isEqualTo("CANCELLED");
                    assertThat(text(response, "$.live[0].reason")).isEqualTo("EXPLICIT");
                    assertThat(text(response, "$.live[0].tasks[0].name")).isEqualTo("deaf");
                } finally {
                    released.set(true); // else the close waits for ever where an assertion fails
                }
            }
        }

        @Test
        void shows_no_message_of_an_exception() throws Exception {
            CountDownLatch running = new CountDownLatch(1);
            try (ErrGroup group = groups.open("stock")) {
                group.go("fails", () -> {
                    throw new IOException("card 4111 declined");
                });
                group.go("runs", () -> blockHere(running));
                running.await();
                await().until(() -> group.snapshot().failed() == 1);

                HttpResponse<String> response = actuator.get("errgroups");

                assertThat(number(response, "$.names.stock.live[0].counts.failed"))
                        .isOne();
                assertThat(response.body()).doesNotContain("4111").doesNotContain("IOException");
                end.countDown();
                assertThatThrownBy(group::await).isInstanceOf(ErrGroupException.class);
            }
        }

        @Test
        void takes_at_most_a_hundred_stacks() throws Exception {
            CountDownLatch running = new CountDownLatch(150);
            try (ErrGroup group = groups.open("stock", o -> o.limit(-1))) {
                for (int i = 0; i < 150; i++) {
                    group.go(() -> blockHere(running));
                }
                running.await();

                HttpResponse<String> response = actuator.get("errgroups/stock");

                assertThat(list(response, "$.live[0].tasks[*].name")).hasSize(150);
                assertThat(list(response, "$.live[0].tasks[*].stack")).hasSize(GroupTree.MAX_STACKS);
                end.countDown();
                group.await();
            }
        }

        @Test
        void adds_up_ended_groups_by_outcome_and_their_tasks() throws Exception {
            for (int i = 0; i < 3; i++) {
                try (ErrGroup group = groups.open("billing")) {
                    group.go(() -> 1);
                    group.go(() -> 2);
                    group.await();
                }
            }
            try (ErrGroup group = groups.open("billing")) {
                group.go(() -> {
                    throw new IOException();
                });
                assertThatThrownBy(group::await).isInstanceOf(ErrGroupException.class);
            }
            try (ErrGroup group = groups.open("billing")) {
                group.cancel();
                group.go(() -> 1);
            }

            HttpResponse<String> response = actuator.get("errgroups/billing");

            assertThat(number(response, "$.totals.groups.open")).isZero();
            assertThat(number(response, "$.totals.groups.succeeded")).isEqualTo(3);
            assertThat(number(response, "$.totals.groups.failed")).isOne();
            assertThat(number(response, "$.totals.groups.cancelled")).isOne();
            assertThat(number(response, "$.totals.tasks.submitted")).isEqualTo(8);
            assertThat(number(response, "$.totals.tasks.succeeded")).isEqualTo(6);
            assertThat(number(response, "$.totals.tasks.failed")).isOne();
            assertThat(number(response, "$.totals.tasks.skipped")).isOne();
            assertThat(number(response, "$.totals.tasks.rejected")).isZero();
            assertThat(list(response, "$.live")).isEmpty();
        }

        @Test
        void of_a_name_that_is_not_configured_but_was_opened_shows_it() throws Exception {
            try (ErrGroup group = groups.open("ad-hoc")) {
                group.go(() -> 1);
                group.await();
            }

            HttpResponse<String> response = actuator.get("errgroups/ad-hoc");

            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(number(response, "$.totals.groups.succeeded")).isOne();
        }

        @Test
        void of_an_unknown_name_is_not_found() throws Exception {
            assertThat(actuator.get("errgroups/nobody").statusCode()).isEqualTo(404);
        }

        @Test
        void under_load_always_answers_and_loses_nothing() throws Exception {
            int producers = 4;
            int groupsEach = 200;
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < producers; i++) {
                Thread thread = new Thread(() -> {
                    for (int n = 0; n < groupsEach; n++) {
                        openAndAwait(5);
                    }
                });
                thread.start();
                threads.add(thread);
            }
            int reads = 0;
            while (threads.stream().anyMatch(Thread::isAlive)) {
                assertThat(actuator.get("errgroups").statusCode()).isEqualTo(200);
                reads++;
            }
            for (Thread thread : threads) {
                thread.join();
            }

            HttpResponse<String> response = actuator.get("errgroups/load");
            assertThat(reads).isPositive();
            assertThat(number(response, "$.totals.groups.succeeded")).isEqualTo(producers * groupsEach);
            assertThat(number(response, "$.totals.tasks.succeeded")).isEqualTo(producers * groupsEach * 5);
        }

        private void openAndAwait(int tasks) {
            try (ErrGroup group = groups.open("load")) {
                for (int i = 0; i < tasks; i++) {
                    group.go(() -> 1);
                }
                group.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    @Nested
    class Post {
        @Test
        void of_a_limit_lets_a_blocked_caller_of_an_open_group_go_on_and_holds_for_coming_groups() throws Exception {
            assertThat(actuator.post("errgroups/quote", "{\"limit\": 1}").statusCode())
                    .isEqualTo(200);
            CountDownLatch firstRuns = new CountDownLatch(1);
            CountDownLatch secondRuns = new CountDownLatch(1);
            try (ErrGroup group = groups.open("quote")) {
                group.go(() -> blockHere(firstRuns));
                firstRuns.await();
                Thread producer = new Thread(() -> group.go(() -> blockHere(secondRuns)));
                producer.start();
                await().until(() -> producer.getState() == Thread.State.WAITING
                        || producer.getState() == Thread.State.TIMED_WAITING);

                HttpResponse<String> response = actuator.post("errgroups/quote", "{\"limit\": 2}");

                secondRuns.await();
                assertThat(response.statusCode()).isEqualTo(200);
                assertThat(number(response, "$.limit")).isEqualTo(2);
                assertThat(list(response, "$.overridden")).containsExactly("limit");
                producer.join();
                end.countDown();
                group.await();
            }
            try (ErrGroup coming = groups.open("quote")) {
                assertThat(coming.limit()).isEqualTo(2);
            }
        }

        @Test
        void of_a_limit_beats_code_at_open() throws Exception {
            actuator.post("errgroups/quote", "{\"limit\": 3}");

            try (ErrGroup group = groups.open("quote", o -> o.limit(50))) {
                assertThat(group.limit()).isEqualTo(3);
            }
        }

        @Test
        void of_a_timeout_that_an_open_group_has_passed_cancels_it_at_once() throws Exception {
            CountDownLatch running = new CountDownLatch(1);
            try (ErrGroup group = groups.open("quote")) {
                group.go(() -> blockHere(running));
                running.await();

                assertThat(actuator.post("errgroups/quote", "{\"timeout\": \"1ms\"}")
                                .statusCode())
                        .isEqualTo(200);

                assertThatThrownBy(group::await).hasCauseInstanceOf(java.util.concurrent.TimeoutException.class);
            }
        }

        @Test
        void of_a_shared_limit_is_shown_and_holds() throws Exception {
            HttpResponse<String> response = actuator.post("errgroups/quote", "{\"shared-limit\": 1}");

            assertThat(number(response, "$.shared-limit")).isOne();
            CountDownLatch firstRuns = new CountDownLatch(1);
            try (ErrGroup one = groups.open("quote");
                    ErrGroup other = groups.open("quote")) {
                one.go(() -> blockHere(firstRuns));
                firstRuns.await();
                assertThat(other.tryGo(() -> 1)).isEmpty();

                actuator.post("errgroups/quote", "{\"shared-limit\": -1}");

                assertThat(other.tryGo(() -> 1)).isPresent();
                end.countDown();
                one.await();
                other.await();
            }
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                value = {
                    "{\"limit\": 0}         | limit 0: must be above 0, or -1 for no limit",
                    "{\"limit\": -2}        | limit -2: must be above 0, or -1 for no limit",
                    "{\"limit\": \"many\"}  | limit 'many': must be a whole number above 0, or -1 for no limit",
                    "{\"shared-limit\": 0}  | shared-limit 0: must be above 0, or -1 for no limit",
                    "{\"timeout\": \"0s\"}  | timeout PT0S: must be above zero",
                    "{\"timeout\": \"soon\"}| timeout 'soon': must be a duration",
                    "{\"limt\": 4}          | limt: unknown, must be one of [limit, shared-limit, cluster-limit, timeout]",
                    "{}                     | nothing to change: give at least one of [limit, shared-limit, cluster-limit, timeout]",
                    "{\"limit\":4,\"timeout\":\"0s\"} | timeout PT0S: must be above zero",
                })
        void of_a_bad_value_is_refused_with_the_rule_and_changes_nothing(String body, String rule) throws Exception {
            HttpResponse<String> response = actuator.post("errgroups/quote", body);

            assertThat(response.statusCode()).isEqualTo(400);
            assertThat(text(response, "$.error")).startsWith(rule);
            HttpResponse<String> after = actuator.get("errgroups/quote");
            assertThat(number(after, "$.settings.limit")).isEqualTo(8);
            assertThat(list(after, "$.settings.overridden")).isEmpty();
        }

        @Test
        void of_an_unknown_name_is_not_found() throws Exception {
            HttpResponse<String> response = actuator.post("errgroups/nobody", "{\"limit\": 4}");

            assertThat(response.statusCode()).isEqualTo(404);
            assertThat(text(response, "$.error")).startsWith("group 'nobody': no such name");
        }
    }

    @Nested
    class Delete {
        @Test
        void drops_what_was_overridden_for_open_and_coming_groups() throws Exception {
            actuator.post("errgroups/quote", "{\"limit\": 2, \"shared-limit\": 3, \"timeout\": \"2h\"}");
            try (ErrGroup open = groups.open("quote")) {
                assertThat(open.limit()).isEqualTo(2);

                HttpResponse<String> response = actuator.delete("errgroups/quote");

                assertThat(response.statusCode()).isEqualTo(200);
                assertThat(number(response, "$.limit")).isEqualTo(8);
                assertThat(number(response, "$.shared-limit")).isEqualTo(-1);
                assertThat(text(response, "$.timeout")).isEqualTo("PT1H");
                assertThat(list(response, "$.overridden")).isEmpty();
                assertThat(open.limit()).isEqualTo(8);
                assertThat(open.snapshot().remaining()).isLessThanOrEqualTo(Duration.ofHours(1));
                assertThat(open.snapshot().phase()).isEqualTo(GroupSnapshot.Phase.OPEN);
            }
            try (ErrGroup coming = groups.open("quote")) {
                assertThat(coming.limit()).isEqualTo(8);
            }
        }

        @Test
        void of_an_unknown_name_is_not_found() throws Exception {
            assertThat(actuator.delete("errgroups/nobody").statusCode()).isEqualTo(404);
        }
    }

    private void blockHere(CountDownLatch running) throws InterruptedException {
        running.countDown();
        end.await();
    }

    private static int number(HttpResponse<String> response, String path) {
        return JsonPath.<Number>read(response.body(), path).intValue();
    }

    private static String text(HttpResponse<String> response, String path) {
        return JsonPath.read(response.body(), path);
    }

    private static List<Object> list(HttpResponse<String> response, String path) {
        return JsonPath.read(response.body(), path);
    }
}
