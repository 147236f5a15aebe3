package io.github.errgroup.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.github.errgroup.CancelReason;
import io.github.errgroup.ErrGroup;
import io.github.errgroup.ErrGroupException;
import io.github.errgroup.ErrGroups;
import io.github.errgroup.Subtask;
import io.github.errgroup.spring.autoconfigure.Contexts;
import io.github.errgroup.spring.autoconfigure.WebApplication;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

@Timeout(60)
class ErrGroupShutdownTest {
    private static final String[] LONG_GRACE = {
        "errgroup.shutdown.grace-period=10m", "spring.lifecycle.timeout-per-shutdown-phase=11m"
    };

    private final ApplicationContextRunner runner = Contexts.wired();

    private final CountDownLatch started = new CountDownLatch(1);
    private final CountDownLatch release = new CountDownLatch(1);

    private static CompletableFuture<Void> closing(ConfigurableApplicationContext context) {
        return CompletableFuture.runAsync(context::close, command -> new Thread(command, "closing").start());
    }

    @Test
    void an_open_group_gets_the_grace_to_end_by_itself() {
        runner.run(context -> {
            ErrGroups groups = context.getBean(ErrGroups.class);
            CompletableFuture<Void> closing;
            try (ErrGroup group = groups.open("quote")) {
                Subtask<String> task = group.go(() -> {
                    started.countDown();
                    release.await();
                    return "done";
                });
                started.await();
                closing = closing(context.getSourceApplicationContext());
                assertThat(closing.isDone()).isFalse();
                release.countDown();
                group.await();
                assertThat(task.get()).isEqualTo("done");
            }
            closing.join();
        });
    }

    @Test
    void when_the_grace_is_over_groups_are_cancelled_with_cause_shutdown() {
        runner.withPropertyValues("errgroup.shutdown.grace-period=20ms").run(context -> {
            ErrGroups groups = context.getBean(ErrGroups.class);
            try (ErrGroup group = groups.open("quote")) {
                Subtask<Void> task = group.go(() -> {
                    started.countDown();
                    release.await();
                });
                started.await();
                closing(context.getSourceApplicationContext()).join();
                // The context has closed, and no task runs any more.
                assertThat(task.state()).isEqualTo(Subtask.State.CANCELLED);
                assertThat(group.context().reason()).isEqualTo(CancelReason.SHUTDOWN);
                Throwable failure = catchThrowable(group::await);
                assertThat(failure)
                        .isInstanceOf(ErrGroupException.class)
                        .hasCauseInstanceOf(CancellationException.class);
            }
            assertThat(groups.live()).isEmpty();
        });
    }

    @Test
    void a_group_that_opens_afterwards_runs_nothing() {
        runner.run(context -> {
            ErrGroups groups = context.getBean(ErrGroups.class);
            ErrGroup template = context.getBean(ErrGroup.class);
            closing(context.getSourceApplicationContext()).join();
            for (ErrGroup late : List.of(groups.open("late"), template.fresh(), template)) {
                assertThat(late.go(() -> "too late").state()).isEqualTo(Subtask.State.SKIPPED);
                assertThat(late.context().reason()).isEqualTo(CancelReason.SHUTDOWN);
                assertThat(catchThrowable(late::await)).isInstanceOf(ErrGroupException.class);
                late.close();
            }
        });
    }

    /** Waited for, it would hold up the shutdown beyond the test's own time limit. */
    @Test
    @ExtendWith(OutputCaptureExtension.class)
    void a_group_without_a_live_task_is_not_waited_for_and_is_reported(CapturedOutput output) {
        runner.withPropertyValues(LONG_GRACE).run(context -> {
            ErrGroups groups = context.getBean(ErrGroups.class);
            ErrGroup forgotten = groups.open("forgotten");
            forgotten.go(() -> "done");
            forgotten.await();
            ErrGroup unused = groups.open("unused", o -> o.cancelOnError(false));
            closing(context.getSourceApplicationContext()).join();
            assertThat(unused.context().reason()).isEqualTo(CancelReason.SHUTDOWN);
            assertThat(output)
                    .contains("The shutdown did not wait for group 'unused', which has been open for ")
                    .contains("ms and has no live task (0 succeeded, 0 failed, 0 cancelled, 0 skipped). Close it")
                    .doesNotContain("Waiting for")
                    .doesNotContain("Cancelling");
        });
    }

    @Test
    void a_group_with_a_caller_blocked_in_go_is_waited_for() {
        runner.withPropertyValues(LONG_GRACE).run(context -> {
            ErrGroup group = context.getBean(ErrGroups.class).open("paused", o -> o.limit(0));
            CompletableFuture<Subtask<String>> caller = CompletableFuture.supplyAsync(() -> group.go(() -> "raised"));
            await().until(() -> group.snapshot().blockedCallers() == 1);
            CompletableFuture<Void> closing = closing(context.getSourceApplicationContext());
            assertThatExceptionOfType(TimeoutException.class).isThrownBy(() -> closing.get(500, TimeUnit.MILLISECONDS));
            group.setLimit(1);
            Subtask<String> task = caller.join();
            group.await();
            group.close();
            assertThat(task.get()).isEqualTo("raised");
            closing.join();
        });
    }

    @Test
    @ExtendWith(OutputCaptureExtension.class)
    void a_task_that_ignores_the_shutdown_is_named_with_its_stack(CapturedOutput output) {
        runner.withPropertyValues(
                        "errgroup.shutdown.grace-period=20ms", "spring.lifecycle.timeout-per-shutdown-phase=30ms")
                .run(context -> {
                    CountDownLatch ended = new CountDownLatch(1);
                    ErrGroup group = context.getBean(ErrGroups.class).open("quote", o -> o.interruptOnCancel(false));
                    group.go("stubborn", () -> {
                        started.countDown();
                        release.await();
                        ended.countDown();
                    });
                    started.await();
                    ErrGroupShutdown shutdown = context.getBean(ErrGroupShutdown.class);
                    shutdown.stop();
                    assertThat(output)
                            .contains("Task 'stubborn' of group 'quote' ignores the shutdown")
                            .contains("CountDownLatch.await");
                    release.countDown();
                    ended.await();
                    catchThrowable(group::close);
                });
    }

    @Test
    @ExtendWith(OutputCaptureExtension.class)
    void a_grace_that_does_not_fit_into_the_phase_is_warned_of_with_its_origin_and_rule(CapturedOutput output) {
        runner.withPropertyValues(
                        "errgroup.shutdown.grace-period=10s", "spring.lifecycle.timeout-per-shutdown-phase=10s")
                .run(context -> assertThat(output)
                        .contains("WARN")
                        .contains("errgroup.shutdown.grace-period 10000ms"
                                + " (from \"errgroup.shutdown.grace-period\" from property source \"test\")"
                                + ": must be below spring.lifecycle.timeout-per-shutdown-phase (10000ms)"));
    }

    @ParameterizedTest
    @CsvSource({"10s, 10000", "11s, 10000", "-1ms, 10000"})
    void a_cancel_after_that_does_not_fit_into_the_phase_stops_the_start(String value, String phaseMillis) {
        runner.withPropertyValues(
                        "errgroup.shutdown.cancel-after=" + value,
                        "spring.lifecycle.timeout-per-shutdown-phase=10s",
                        "errgroup.shutdown.grace-period=5s")
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .isInstanceOfSatisfying(InvalidConfigurationPropertyValueException.class, e -> {
                            assertThat(e.getName()).isEqualTo("errgroup.shutdown.cancel-after");
                            assertThat(e.getReason())
                                    .contains("below spring.lifecycle.timeout-per-shutdown-phase (" + phaseMillis
                                            + "ms)");
                        }));
    }

    @ParameterizedTest
    @CsvSource({"PT20S, PT30S, PT20S", "PT10S, PT25S, PT10S", "PT20S, PT20S, PT13.333333333S"})
    void by_default_cancel_after_is_the_grace_and_leaves_a_third_of_the_phase_for_the_answers(
            Duration gracePeriod, Duration phaseTimeout, Duration cancelAfter) {
        assertThat(ErrGroupShutdown.cancelAfter(gracePeriod, phaseTimeout)).isEqualTo(cancelAfter);
    }

    @Test
    @ExtendWith(OutputCaptureExtension.class)
    void the_default_grace_is_not_warned_of(CapturedOutput output) {
        runner.run(context -> assertThat(output).doesNotContain("grace-period"));
    }

    @Test
    void a_context_that_is_started_again_opens_groups_again() {
        runner.run(context -> {
            ConfigurableApplicationContext source = context.getSourceApplicationContext();
            source.stop();
            source.start();
            try (ErrGroup group = context.getBean(ErrGroups.class).open("quote")) {
                assertThat(group.go(() -> "done").state()).isNotEqualTo(Subtask.State.SKIPPED);
                group.await();
            }
        });
    }

    @Nested
    class Behind_a_web_server {
        @Test
        void groups_end_after_the_server_and_before_the_executors() {
            try (WebApplication application = WebApplication.start(Application.class)) {
                Map<String, SmartLifecycle> beans = application.context().getBeansOfType(SmartLifecycle.class);
                int ours = beans.get("errGroupShutdown").getPhase();
                int graceful = beans.get("webServerGracefulShutdown").getPhase();
                int server = beans.get("webServerStartStop").getPhase();
                assertThat(beans.get("errGroupShutdownBegin").getPhase()).isGreaterThan(graceful);
                assertThat(beans.get("errGroupShutdownOfRequests").getPhase()).isBetween(server + 1, graceful - 1);
                assertThat(ours).isLessThan(server);
                assertThat(beans.get("applicationTaskExecutor").getPhase()).isLessThan(ours);
            }
        }

        @ParameterizedTest
        @ValueSource(strings = {"auto", "platform", "application"})
        void a_request_in_flight_still_opens_its_group_and_is_answered(String type) throws Exception {
            WebApplication application = WebApplication.start(Application.class, "errgroup.executor.type=" + type);
            Application latches = application.context().getBean(Application.class);
            CompletableFuture<HttpResponse<String>> answer = application.get("/quote");
            latches.accepted.await();
            CompletableFuture<Void> closing = closing(application.context());
            latches.stopping.await();
            latches.proceed.countDown();
            assertThat(answer.get(30, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
            assertThat(answer.get().body()).isEqualTo("price and stock");
            closing.join();
        }

        /** Of the groups that are open, only the request's end early, and the client hears of it. */
        @ParameterizedTest
        @CsvSource({"/slow, graceful", "/slow, immediate", "/nested, graceful", "/nested, immediate", "/async, graceful"
        })
        void a_group_of_a_request_is_cancelled_while_its_answer_can_still_go_out_and_a_job_keeps_its_grace(
                String path, String shutdown) throws Exception {
            WebApplication application = WebApplication.start(
                    Application.class,
                    "server.shutdown=" + shutdown,
                    "errgroup.shutdown.cancel-after=50ms",
                    LONG_GRACE[0],
                    LONG_GRACE[1]);
            Application latches = application.context().getBean(Application.class);
            CountDownLatch jobStarted = new CountDownLatch(1);
            CountDownLatch jobMayEnd = new CountDownLatch(1);
            try (ErrGroup job = latches.groups.open("job")) {
                Subtask<String> task = job.go(() -> {
                    try (ErrGroup part = latches.groups.open("part")) {
                        Subtask<String> done = part.go(() -> {
                            jobStarted.countDown();
                            jobMayEnd.await();
                            return "done";
                        });
                        part.await();
                        return done.get();
                    }
                });
                jobStarted.await();
                CompletableFuture<HttpResponse<String>> answer = application.get(path);
                latches.accepted.await();
                CompletableFuture<Void> closing = closing(application.context());
                assertThat(answer.get(30, TimeUnit.SECONDS).statusCode()).isEqualTo(503);
                assertThat(answer.get().body()).isEqualTo("SHUTDOWN");
                assertThat(job.context().isCancelled()).isFalse();
                assertThat(closing.isDone()).isFalse();
                jobMayEnd.countDown();
                job.await();
                assertThat(task.get()).isEqualTo("done");
                closing.join();
            }
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @RestController
    static class Application {
        private final CountDownLatch accepted = new CountDownLatch(1);
        private final CountDownLatch stopping = new CountDownLatch(1);
        private final CountDownLatch proceed = new CountDownLatch(1);

        private ErrGroups groups;

        @Autowired
        void setGroups(ErrGroups groups) {
            this.groups = groups;
        }

        @GetMapping("/quote")
        String quote() throws InterruptedException {
            accepted.countDown();
            proceed.await();
            try (ErrGroup group = groups.open("quote")) {
                Subtask<String> price = group.go(() -> "price");
                Subtask<String> stock = group.go(() -> "stock");
                group.await();
                return price.get() + " and " + stock.get();
            }
        }

        @GetMapping("/slow")
        ResponseEntity<String> slow() throws InterruptedException {
            try (ErrGroup group = groups.open("slow")) {
                group.go(this::longWork);
                return answer(group);
            }
        }

        @GetMapping("/nested")
        ResponseEntity<String> nested() throws InterruptedException {
            try (ErrGroup group = groups.open("outer")) {
                group.go(() -> {
                    try (ErrGroup inner = groups.open("inner")) {
                        inner.go(this::longWork);
                        inner.await();
                    }
                });
                return answer(group);
            }
        }

        /** On another thread, for which the container knows the request as unanswered. */
        @GetMapping("/async")
        Callable<ResponseEntity<String>> async() {
            return this::slow;
        }

        private void longWork() throws InterruptedException {
            accepted.countDown();
            new CountDownLatch(1).await();
        }

        private static ResponseEntity<String> answer(ErrGroup group) throws InterruptedException {
            try {
                group.await();
                return ResponseEntity.ok("done");
            } catch (ErrGroupException e) {
                return ResponseEntity.status(503)
                        .body(String.valueOf(group.context().reason()));
            }
        }

        /** Stops first of all, so the shutdown is under way, and the web server still there. */
        @Bean
        SmartLifecycle tellsOfTheShutdown() {
            return new SmartLifecycle() {
                private volatile boolean running;

                @Override
                public void start() {
                    running = true;
                }

                @Override
                public void stop() {
                    running = false;
                    stopping.countDown();
                }

                @Override
                public boolean isRunning() {
                    return running;
                }
            };
        }
    }
}
