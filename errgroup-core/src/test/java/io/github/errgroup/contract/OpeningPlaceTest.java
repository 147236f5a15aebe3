package io.github.errgroup.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.errgroup.ErrGroup;
import io.github.errgroup.ErrGroupOptions;
import io.github.errgroup.ErrGroups;
import io.github.errgroup.FrameworkAccess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** A group remembers where it was opened if it is asked to, as whoever has to close it would look for it. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class OpeningPlaceTest {
    private static final ErrGroupOptions CAPTURING =
            ErrGroupOptions.builder().name("seen").captureOpener(true).build();

    private static ErrGroup openHere() {
        return ErrGroup.open(CAPTURING);
    }

    private static List<StackTraceElement> framesOf(ErrGroup group) {
        return Objects.requireNonNull(group.snapshot().openedAt(), "openedAt");
    }

    private static List<String> methodsOf(ErrGroup group) {
        return framesOf(group).stream().map(StackTraceElement::getMethodName).toList();
    }

    @Nested
    class The_place {
        @Test
        void is_the_user_code_that_opened_the_group_and_what_called_that() {
            try (ErrGroup group = openHere()) {
                assertThat(methodsOf(group))
                        .startsWith("openHere", "is_the_user_code_that_opened_the_group_and_what_called_that");
            }
        }

        @Test
        void has_its_line() {
            try (ErrGroup group = ErrGroup.open(CAPTURING)) {
                StackTraceElement next = new Throwable().getStackTrace()[0];
                StackTraceElement frame = framesOf(group).get(0);
                assertThat(frame.getFileName()).isEqualTo("OpeningPlaceTest.java");
                assertThat(frame.getLineNumber()).isEqualTo(next.getLineNumber() - 1);
            }
        }

        @Test
        void leaves_out_the_JDK_between_user_code() {
            try (ErrGroup group = Optional.of(CAPTURING).map(ErrGroup::open).orElseThrow()) {
                assertThat(methodsOf(group).get(0)).isEqualTo("leaves_out_the_JDK_between_user_code");
                assertThat(framesOf(group))
                        .noneMatch(frame -> frame.getClassName().startsWith("java."));
            }
        }

        @Test
        void leaves_out_the_factory_and_the_forms_that_open_and_close() throws Exception {
            ErrGroups groups = ErrGroups.of(CAPTURING);
            List<String> methods = new ArrayList<>();
            groups.call("x", group -> methods.add(methodsOf(group).get(0)));
            ErrGroup.call(CAPTURING, group -> methods.add(methodsOf(group).get(0)));
            try (ErrGroup group = groups.open("x")) {
                methods.add(methodsOf(group).get(0));
            }
            assertThat(methods).hasSize(3).containsOnly("leaves_out_the_factory_and_the_forms_that_open_and_close");
        }

        @Test
        void is_the_JDKs_where_no_user_code_is_on_the_stack() throws Exception {
            FutureTask<ErrGroup> opening = new FutureTask<>(open(CAPTURING));
            Thread thread = new Thread(opening);
            thread.start();
            try (ErrGroup group = opening.get()) {
                assertThat(framesOf(group).get(0).getClassName()).isEqualTo("java.util.concurrent.FutureTask");
            }
        }

        /** A reference to the method itself: a lambda would be user code. */
        private static Callable<ErrGroup> open(ErrGroupOptions options) {
            return FrameworkAccess.openLazily(() -> options, () -> {})::fresh;
        }

        @Test
        void is_of_five_frames_however_deep_the_stack() {
            try (ErrGroup group = openBelow(1_000)) {
                assertThat(methodsOf(group))
                        .containsExactly("openHere", "openBelow", "openBelow", "openBelow", "openBelow");
            }
        }

        private static ErrGroup openBelow(int calls) {
            return calls == 0 ? openHere() : openBelow(calls - 1);
        }

        @Test
        void of_a_lazy_group_is_that_of_its_first_use() throws Exception {
            try (ErrGroup group = FrameworkAccess.openLazily(() -> CAPTURING, () -> {})) {
                assertThat(group.snapshot().openedAt()).as("before").isNull();
                useFirst(group);
                group.await();
                assertThat(methodsOf(group)).startsWith("useFirst", "of_a_lazy_group_is_that_of_its_first_use");
            }
        }

        private static void useFirst(ErrGroup group) {
            group.go(() -> "x");
        }

        @Test
        void of_a_fresh_group_is_where_it_was_made() {
            try (ErrGroup template = openHere();
                    ErrGroup group = template.fresh()) {
                assertThat(methodsOf(group).get(0)).isEqualTo("of_a_fresh_group_is_where_it_was_made");
            }
        }

        @Test
        void is_not_captured_unless_asked_for() {
            try (ErrGroup group = ErrGroup.open()) {
                assertThat(group.snapshot().openedAt()).isNull();
            }
        }
    }

    @Nested
    class A_report {
        @Test
        void N7_of_a_group_left_open_in_a_task_names_the_place() throws Exception {
            try (LogTap log = new LogTap()) {
                leaveOpenInTask(options -> options.captureOpener(true));
                assertThat(log.count("left group 'forgotten' open", "OpeningPlaceTest.lambda$leaveOpenInTask"))
                        .isOne();
                assertThat(log.has("captureOpener"))
                        .as("tells what is done already")
                        .isFalse();
            }
        }

        @Test
        void N7_without_the_place_tells_how_to_have_it() throws Exception {
            try (LogTap log = new LogTap()) {
                leaveOpenInTask(unchanged -> {});
                assertThat(log.count(
                                "left group 'forgotten' open",
                                "captureOpener(true)",
                                "errgroup.leak.capture-opener=true"))
                        .isOne();
            }
        }

        @Test
        void N6_of_a_straggler_names_the_place_of_its_group() throws Exception {
            HandClock clock = new HandClock();
            Gate running = new Gate();
            Gate end = new Gate();
            try (LogTap log = new LogTap()) {
                ErrGroup group = ErrGroup.open(CAPTURING.toBuilder()
                        .clock(clock)
                        .stragglerGrace(Duration.ofSeconds(5))
                        .build());
                group.go(() -> {
                    running.open();
                    end.passIgnoringInterrupts();
                });
                running.pass();
                group.cancel();
                clock.advance(Duration.ofSeconds(5));
                Threads.until(
                        () -> log.has("The group was opened at", "N6_of_a_straggler_names_the_place_of_its_group"));
                end.open();
                group.close();
            }
        }
    }

    private static void leaveOpenInTask(Consumer<ErrGroupOptions.Builder> changes) throws Exception {
        try (ErrGroup parent = ErrGroup.open()) {
            parent.go(() -> {
                ErrGroup.open(o -> changes.accept(o.name("forgotten")));
            });
            parent.await();
        }
    }
}
