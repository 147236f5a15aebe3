package io.github.errgroup.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.errgroup.ErrGroup;
import io.github.errgroup.ErrGroups;
import io.github.errgroup.Subtask;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

class ReactorThreadTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static String quote(ErrGroups groups, CountDownLatch answered) throws InterruptedException {
        try (ErrGroup group = groups.open("quote")) {
            Subtask<String> task = group.go(() -> {
                answered.await();
                return "done";
            });
            group.await();
            return task.get();
        }
    }

    @Test
    void await_on_a_thread_that_must_not_block_says_what_to_do() {
        Contexts.wired().run(context -> {
            ErrGroups groups = context.getBean(ErrGroups.class);
            Mono<Throwable> failure = Mono.fromCallable(() -> quote(groups, new CountDownLatch(1)))
                    .subscribeOn(Schedulers.parallel())
                    .<Throwable>map(done -> new AssertionError("it blocked, and was " + done))
                    .onErrorResume(Mono::just);
            assertThat(failure.block(PATIENCE))
                    .isInstanceOf(IllegalStateException.class)
                    .message()
                    .asInstanceOf(InstanceOfAssertFactories.STRING)
                    .contains("parallel-")
                    .contains("subscribeOn(Schedulers.boundedElastic())");
            assertThat(groups.live()).isEmpty();
        });
    }

    @Test
    void await_there_throws_also_when_every_task_has_ended() {
        Contexts.wired()
                .withPropertyValues("errgroup.executor.bean=inCaller")
                .withBean("inCaller", Executor.class, () -> Runnable::run)
                .run(context -> {
                    ErrGroups groups = context.getBean(ErrGroups.class);
                    Mono<String> answer = Mono.fromCallable(() -> quote(groups, new CountDownLatch(0)))
                            .subscribeOn(Schedulers.parallel())
                            .onErrorResume(IllegalStateException.class, e -> Mono.just("refused"));
                    assertThat(answer.block(PATIENCE)).isEqualTo("refused");
                    assertThat(groups.live()).isEmpty();
                });
    }

    @Test
    void what_it_says_works() {
        Contexts.wired().run(context -> {
            ErrGroups groups = context.getBean(ErrGroups.class);
            assertThat(Mono.fromCallable(() -> quote(groups, new CountDownLatch(0)))
                            .subscribeOn(Schedulers.boundedElastic())
                            .block(PATIENCE))
                    .isEqualTo("done");
        });
    }
}
