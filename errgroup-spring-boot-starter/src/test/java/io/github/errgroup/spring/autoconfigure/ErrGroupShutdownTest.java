package io.github.errgroup.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.errgroup.CancelReason;
import io.github.errgroup.ErrGroup;
import io.github.errgroup.ErrGroupException;
import io.github.errgroup.ErrGroups;
import io.github.errgroup.Subtask;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

@Timeout(60)
class ErrGroupShutdownTest {
    private final ApplicationContextRunner runner = Contexts.wired();

    private final CountDownLatch started = new CountDownLatch(1);
    private final CountDownLatch release = new CountDownLatch(1);

    private static CompletableFuture<Void> closing(ConfigurableApplicationContext context) {
        return CompletableFuture.runAsync(context::close, command -> new Thread(command, "closing").start());
    }

    @Test
    void anOpenGroupGetsTheGraceToEndByItself() {
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
    void whenTheGraceIsOverGroupsAreCancelledWithCauseShutdown() {
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
    void aGroupThatOpensAfterwardsRunsNothing() {
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

    @Test
    void aGroupThatNobodyClosesHoldsUpTheShutdownOnlyForTheGrace() {
        runner.withPropertyValues("errgroup.shutdown.grace-period=20ms").run(context -> {
            ErrGroup forgotten = context.getBean(ErrGroups.class).open("forgotten");
            forgotten.go(() -> "done");
            closing(context.getSourceApplicationContext()).join();
            assertThat(forgotten.context().reason()).isEqualTo(CancelReason.SHUTDOWN);
        });
    }

    @Test
    @ExtendWith(OutputCaptureExtension.class)
    void aTaskThatIgnoresTheShutdownIsNamedWithItsStack(CapturedOutput output) {
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
    void aGraceAboveSpringsOwnLimitIsWarnedOf(CapturedOutput output) {
        runner.withPropertyValues(
                        "errgroup.shutdown.grace-period=11s", "spring.lifecycle.timeout-per-shutdown-phase=10s")
                .run(context -> assertThat(output)
                        .contains("WARN")
                        .contains("errgroup.shutdown.grace-period")
                        .contains("spring.lifecycle.timeout-per-shutdown-phase"));
    }

    @Test
    @ExtendWith(OutputCaptureExtension.class)
    void theDefaultGraceIsNotWarnedOf(CapturedOutput output) {
        runner.run(context -> assertThat(output).doesNotContain("grace-period"));
    }

    @Test
    void aContextThatIsStartedAgainOpensGroupsAgain() {
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
    class BehindAWebServer {
        @Test
        void groupsEndAfterTheServerAndBeforeTheExecutors() {
            try (WebApplication application = WebApplication.start(Application.class)) {
                Map<String, SmartLifecycle> beans = application.context().getBeansOfType(SmartLifecycle.class);
                int ours = beans.get("errGroupShutdown").getPhase();
                assertThat(beans.get("webServerGracefulShutdown").getPhase()).isGreaterThan(ours);
                assertThat(beans.get("webServerStartStop").getPhase()).isGreaterThan(ours);
                assertThat(beans.get("applicationTaskExecutor").getPhase()).isLessThan(ours);
            }
        }

        @ParameterizedTest
        @ValueSource(strings = {"auto", "platform", "application"})
        void aRequestInFlightStillOpensItsGroupAndIsAnswered(String type) throws Exception {
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
