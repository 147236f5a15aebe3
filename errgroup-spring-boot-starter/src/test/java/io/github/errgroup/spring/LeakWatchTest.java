package io.github.errgroup.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.errgroup.ErrGroup;
import io.github.errgroup.ErrGroupOptions;
import io.github.errgroup.ErrGroups;
import io.github.errgroup.spring.autoconfigure.Contexts;
import io.github.errgroup.spring.autoconfigure.ErrGroupProperties;
import io.github.errgroup.spring.micrometer.ManualClock;
import io.github.errgroup.user.Forgetful;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.util.StringUtils;

/** A group that someone opened and forgot is reported, once, and no other is. */
@Timeout(60)
@ExtendWith(OutputCaptureExtension.class)
class LeakWatchTest {
    private static final Duration THRESHOLD = Duration.ofMinutes(10);

    private final ManualClock clock = new ManualClock();

    private final ErrGroups groups = ErrGroups.of(
            ErrGroupOptions.builder().clock(clock).cancelOnError(false).build());

    private final LeakWatch watch = new LeakWatch(groups::live, THRESHOLD, clock, Runnable::run);

    private ErrGroup open(String name) {
        ErrGroup group = groups.open(name);
        watch.opened();
        return group;
    }

    /** In steps below a quarter of the threshold, so that no look is passed over. */
    private void minutesPass(int minutes) {
        for (int i = 0; i < minutes; i++) {
            clock.advance(Duration.ofMinutes(1));
        }
    }

    private static int reportsOf(String name, CapturedOutput output) {
        return StringUtils.countOccurrencesOf(output.toString(), "Group '" + name + "' has been open for");
    }

    @Nested
    class A_group_without_a_live_task {
        @Test
        void is_reported_once_when_it_has_been_open_for_the_threshold(CapturedOutput output) throws Exception {
            ErrGroup group = open("forgotten");
            group.go(() -> "x");
            group.await();
            minutesPass(9);
            assertThat(reportsOf("forgotten", output)).isZero();
            minutesPass(4);
            assertThat(reportsOf("forgotten", output)).isOne();
            minutesPass(60);
            assertThat(reportsOf("forgotten", output)).isOne();
            assertThat(output)
                    .contains("WARN")
                    .contains("1 succeeded, 0 failed, 0 cancelled, 0 skipped")
                    .contains("try-with-resources")
                    .contains("errgroup.leak.threshold (600000ms")
                    .contains("errgroup.leak.capture-opener=true");
            group.close();
        }

        @Test
        void is_reported_with_the_place_that_opened_it_where_that_is_captured(CapturedOutput output) {
            try (ErrGroup group = Forgetful.open(groups, "seen", true)) {
                watch.opened();
                minutesPass(13);
                assertThat(group.context().isCancelled()).isFalse();
                assertThat(output)
                        .contains("It was opened at" + System.lineSeparator()
                                + "\tat io.github.errgroup.user.Forgetful.open(Forgetful.java:")
                        .doesNotContain("capture-opener");
            }
        }

        @Test
        void is_reported_if_it_was_cancelled_and_not_closed(CapturedOutput output) {
            try (ErrGroup group = open("cancelled")) {
                group.cancel();
                minutesPass(13);
                assertThat(reportsOf("cancelled", output)).isOne();
            }
        }

        @Test
        void is_reported_for_itself_when_it_opened_after_the_first_report(CapturedOutput output) {
            try (ErrGroup first = open("first")) {
                minutesPass(13);
                try (ErrGroup second = open("second")) {
                    minutesPass(13);
                    assertThat(List.of(first, second)).hasSize(2);
                    assertThat(reportsOf("first", output)).isOne();
                    assertThat(reportsOf("second", output)).isOne();
                }
            }
        }

        @Test
        void is_not_reported_if_it_is_closed_in_time(CapturedOutput output) {
            open("closed").close();
            minutesPass(13);
            assertThat(reportsOf("closed", output)).isZero();
        }

        @Test
        void may_be_used_and_closed_after_its_report(CapturedOutput output) throws Exception {
            try (ErrGroup group = open("late")) {
                minutesPass(13);
                assertThat(reportsOf("late", output)).isOne();
                assertThat(group.go(() -> "x")).isNotNull();
                group.await();
                assertThat(group.snapshot().succeeded()).isOne();
            }
            minutesPass(13);
            assertThat(reportsOf("late", output)).isOne();
        }
    }

    @Test
    void a_group_with_a_live_task_is_not_reported_until_the_task_has_ended(CapturedOutput output) throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        try (ErrGroup group = open("busy")) {
            group.go(() -> end.await());
            minutesPass(60);
            assertThat(reportsOf("busy", output)).isZero();
            end.countDown();
            group.await();
            minutesPass(4);
            assertThat(reportsOf("busy", output)).isOne();
        }
    }

    @Nested
    class A_group_with_callers_blocked_in_go {
        @Test
        void is_reported_as_what_it_is_and_as_a_leak_only_when_it_has_become_one(CapturedOutput output)
                throws Exception {
            ErrGroup group = open("paused");
            group.setLimit(0);
            Thread one = blockedInGo(group);
            minutesPass(13);
            minutesPass(30);
            assertThat(reportsOf("paused", output)).isOne();
            assertThat(output)
                    .contains("and starts nothing: 1 caller waits in go() at limit 0. Raise the limit")
                    .doesNotContain("no live task")
                    .doesNotContain("Close it");

            group.setLimit(1);
            one.join();
            group.await();
            minutesPass(4);
            assertThat(reportsOf("paused", output)).isEqualTo(2);
            assertThat(output).contains("and has no live task (1 succeeded");
            group.close();
        }

        @Test
        void is_reported_with_their_number(CapturedOutput output) throws Exception {
            ErrGroup group = open("paused");
            group.setLimit(0);
            List<Thread> callers = List.of(blockedInGo(group), blockedInGo(group));
            minutesPass(13);
            assertThat(output).contains("2 callers wait in go() at limit 0");
            group.cancel();
            for (Thread caller : callers) {
                caller.join();
            }
            group.close();
        }

        private Thread blockedInGo(ErrGroup group) {
            int before = group.snapshot().blockedCallers();
            Thread caller = new Thread(() -> group.go(() -> "x"));
            caller.start();
            await().until(() -> group.snapshot().blockedCallers() == before + 1);
            return caller;
        }
    }

    @Nested
    class The_timer {
        @Test
        void is_set_only_while_a_group_is_open() {
            assertThat(clock.pending()).isZero();
            try (ErrGroup one = open("one");
                    ErrGroup two = open("two")) {
                assertThat(List.of(one, two)).hasSize(2);
                assertThat(clock.pending()).isOne();
                minutesPass(60);
                assertThat(clock.pending()).isOne();
            }
            minutesPass(4);
            assertThat(clock.pending()).isZero();
        }

        /** The look finds none, and would let the timer be; the group opens just after. */
        @Test
        void is_set_for_a_group_that_opens_while_a_look_finds_none() {
            AtomicReference<Runnable> opening = new AtomicReference<>(() -> {});
            LeakWatch racing = new LeakWatch(
                    () -> {
                        List<ErrGroup> found = groups.live();
                        opening.getAndSet(() -> {}).run();
                        return found;
                    },
                    THRESHOLD,
                    clock,
                    Runnable::run);
            racing.opened();
            opening.set(racing::opened);
            minutesPass(3);
            assertThat(clock.pending()).isOne();
        }

        @Test
        void is_set_again_when_no_thread_could_be_had_for_the_look(CapturedOutput output) {
            AtomicInteger refusals = new AtomicInteger(3);
            LeakWatch poor = new LeakWatch(groups::live, THRESHOLD, clock, look -> {
                if (refusals.getAndDecrement() > 0) {
                    throw new OutOfMemoryError("unable to create native thread");
                }
                look.run();
            });
            try (ErrGroup group = groups.open("unlucky")) {
                poor.opened();
                minutesPass(20);
                assertThat(group.snapshot().pending()).isZero();
                assertThat(reportsOf("unlucky", output)).isOne();
            }
        }

        @Test
        void is_taken_back_by_close_and_not_set_again() {
            try (ErrGroup group = open("open")) {
                watch.close();
                watch.opened();
                assertThat(clock.pending()).isZero();
                assertThat(group.context().isCancelled()).isFalse();
            }
        }
    }

    @Nested
    class Wired {
        private final ApplicationContextRunner runner = Contexts.wired();

        @Test
        void the_threshold_is_ten_minutes() {
            runner.run(context -> assertThat(
                            context.getBean(ErrGroupProperties.class).leak().threshold())
                    .hasMinutes(10));
        }

        @Test
        void a_forgotten_group_is_reported_and_a_bean_that_nobody_used_is_not(CapturedOutput output) {
            runner.withBean(Owner.class)
                    .withPropertyValues(
                            "errgroup.leak.threshold=1ms",
                            "errgroup.leak.capture-opener=true",
                            "errgroup.groups.unused.limit=3")
                    .run(context -> {
                        ErrGroup unused = context.getBean(Owner.class).unused;
                        ErrGroups factory = context.getBean(ErrGroups.class);
                        try (ErrGroup group = forgetful().openAsBean(factory, "forgotten")) {
                            await().until(() -> reportsOf("forgotten", output) == 1);
                            assertThat(group.context().isCancelled()).isFalse();
                        }
                        assertThat(unused.snapshot().age()).isZero();
                        assertThat(reportsOf("unused", output)).isZero();
                        assertThat(output)
                                .contains("\tat io.github.errgroup.user.Forgetful.openAsBean(Forgetful.java:")
                                .doesNotContain("CGLIB$$");
                    });
        }

        static class Owner {
            @Autowired
            @Qualifier("unused")
            ErrGroup unused;
        }

        /** Between its caller and itself are the frames of a proxy. */
        private static Forgetful forgetful() {
            ProxyFactory factory = new ProxyFactory(new Forgetful());
            factory.setProxyTargetClass(true);
            return (Forgetful) factory.getProxy();
        }

        @Test
        void minus_one_second_turns_it_off() {
            runner.withPropertyValues("errgroup.leak.threshold=-1s")
                    .run(context -> assertThat(
                                    context.getBean(ErrGroupRegistry.class).leakWatch())
                            .isNull());
        }

        @Test
        void it_ends_with_the_context() {
            AtomicReference<LeakWatch> seen = new AtomicReference<>();
            runner.run(context -> {
                seen.set(context.getBean(ErrGroupRegistry.class).leakWatch());
                assertThat(seen.get().isClosed()).isFalse();
            });
            assertThat(seen.get().isClosed()).isTrue();
        }
    }
}
