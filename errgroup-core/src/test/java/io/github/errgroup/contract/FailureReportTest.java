package io.github.errgroup.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.errgroup.ErrGroup;
import io.github.errgroup.Subtask;
import java.io.IOException;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

/** J7: what is in the exception that {@code await} throws, and what is left alone. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class FailureReportTest {
    private static final int FAILURES = 1_000;

    @Test
    void J7_the_suppressed_exceptions_are_bounded_and_the_dropped_ones_counted() {
        try (ErrGroup group = ErrGroup.open(o -> o.cancelOnError(false).limit(1))) {
            List<Broken> failures = IntStream.range(0, FAILURES)
                    .mapToObj(i -> new Broken("failure " + i))
                    .toList();
            group.forEach(failures, failure -> {
                throw failure;
            });

            Throwable thrown = catchThrowable(group::await);

            assertThat(thrown).hasCause(failures.get(0));
            int kept = thrown.getSuppressed().length;
            assertThat(kept).isBetween(1, 100);
            assertThat(thrown.getSuppressed()).containsExactlyElementsOf(failures.subList(1, kept + 1));
            assertThat(thrown).hasMessageContaining(Integer.toString(FAILURES - 1 - kept));
            assertThat(group.snapshot().failed()).isEqualTo(FAILURES);
        }
    }

    @Test
    void J7_a_few_later_failures_are_all_there() {
        try (ErrGroup group = ErrGroup.open(o -> o.cancelOnError(false).limit(1))) {
            Broken[] failures = {new Broken("1"), new Broken("2"), new Broken("3")};
            for (Broken failure : failures) {
                group.go(() -> {
                    throw failure;
                });
            }
            Throwable thrown = catchThrowable(group::await);
            assertThat(thrown).hasCause(failures[0]);
            assertThat(thrown.getSuppressed()).containsExactly(failures[1], failures[2]);
            assertThat(thrown).hasMessageEndingWith("2 later failures");
        }
    }

    @Test
    void J7_the_message_names_group_task_index_and_failure_and_counts_the_later_ones() {
        assertThat(messageOf(new Broken("disk")))
                .isEqualTo("group 'report': task 'write' (#0) failed: " + new Broken("disk"));
        assertThat(messageOf(new Broken("disk"), new Broken("net"))).endsWith("; 1 later failure");
        Broken[] seventeen =
                IntStream.range(0, 17).mapToObj(i -> new Broken("" + i)).toArray(Broken[]::new);
        assertThat(messageOf(seventeen)).endsWith("; 16 later failures");
        Broken[] eighteen =
                IntStream.range(0, 18).mapToObj(i -> new Broken("" + i)).toArray(Broken[]::new);
        assertThat(messageOf(eighteen)).endsWith("; 17 later failures, of which 1 is dropped");
    }

    private static String messageOf(Broken... failures) {
        try (ErrGroup group =
                ErrGroup.open(o -> o.name("report").cancelOnError(false).limit(1))) {
            for (Broken failure : failures) {
                group.go("write", () -> {
                    throw failure;
                });
            }
            return catchThrowable(group::await).getMessage();
        }
    }

    @Test
    void J7_a_failure_that_throws_when_asked_what_it_is_is_named_by_its_class() {
        @SuppressWarnings("serial")
        class Mute extends RuntimeException {
            @Override
            public String toString() {
                throw new IllegalStateException("mute");
            }
        }
        try (ErrGroup group = ErrGroup.open()) {
            group.go(() -> {
                throw new Mute();
            });
            assertThat(catchThrowable(group::await))
                    .hasMessageContaining(Mute.class.getName())
                    .hasMessageContaining("IllegalStateException");
        }
    }

    @Test
    void J7_an_instance_thrown_again_is_counted_and_suppressed_no_second_time() {
        Broken first = new Broken("first");
        Broken later = new Broken("later");
        try (ErrGroup group = ErrGroup.open(o -> o.cancelOnError(false).limit(1))) {
            for (Broken failure : List.of(first, first, later, first, later)) {
                group.go(() -> {
                    throw failure;
                });
            }
            Throwable thrown = catchThrowable(group::await);
            assertThat(thrown).hasCause(first);
            assertThat(thrown.getSuppressed()).containsExactly(later);
            assertThat(thrown).hasMessageContaining("4 later failures");
        }
    }

    @Test
    void J7_an_instance_thrown_by_many_tasks_is_never_modified() {
        Broken shared = new Broken("a constant");
        StackTraceElement[] trace = shared.getStackTrace();
        try (ErrGroup group = ErrGroup.open(o -> o.cancelOnError(false))) {
            for (int i = 0; i < 100; i++) {
                group.go(() -> {
                    throw shared;
                });
            }
            for (int i = 0; i < 3; i++) {
                assertThat(catchThrowable(group::await)).hasCause(shared);
                assertThat(catchThrowable(() -> group.await(Broken.class))).isSameAs(shared);
            }
        }
        assertThat(shared.getSuppressed()).isEmpty();
        assertThat(shared.getCause()).isNull();
        assertThat(shared.getStackTrace()).isEqualTo(trace);
    }

    @Test
    void J7_a_later_failure_is_not_modified_either_and_neither_is_an_Error() {
        LinkageError first = new LinkageError("first");
        Broken later = new Broken("later");
        try (ErrGroup group = ErrGroup.open(o -> o.cancelOnError(false).limit(1))) {
            group.go(() -> {
                throw first;
            });
            group.go(() -> {
                throw later;
            });
            assertThat(catchThrowable(group::await)).isSameAs(first);
        }
        assertThat(first.getSuppressed()).isEmpty();
        assertThat(later.getSuppressed()).isEmpty();
    }

    @Test
    void J7_G1_an_Error_after_the_first_failure_is_thrown_as_itself() {
        LinkageError error = new LinkageError("later");
        try (ErrGroup group = ErrGroup.open(o -> o.cancelOnError(false).limit(1))) {
            group.go(() -> {
                throw new Broken("first");
            });
            group.go(() -> {
                throw error;
            });
            assertThat(catchThrowable(group::await)).isSameAs(error);
        }
        assertThat(error.getSuppressed()).isEmpty();
    }

    @Test
    void J7_the_type_that_is_asked_for_may_be_a_supertype_and_Errors_stay_themselves() {
        IOException io = new IOException("disk");
        try (ErrGroup group = ErrGroup.open()) {
            group.go(() -> {
                throw io;
            });
            assertThat(catchThrowable(() -> group.await(Exception.class))).isSameAs(io);
        }
        LinkageError error = new LinkageError("x");
        try (ErrGroup group = ErrGroup.open()) {
            group.go(() -> {
                throw error;
            });
            assertThat(catchThrowable(() -> group.await(IOException.class))).isSameAs(error);
        }
    }

    @Test
    void J7_of_a_group_that_failed_before_it_was_cancelled_is_the_failure() {
        Broken broken = new Broken("before");
        try (ErrGroup group = ErrGroup.open(o -> o.cancelOnError(false))) {
            Subtask<?> task = group.go(() -> {
                throw broken;
            });
            Threads.until(() -> group.snapshot().pending() == 0);
            group.cancel();
            assertThat(catchThrowable(group::await)).hasCause(broken);
            assertThat(task.exception()).isSameAs(broken);
        }
    }
}
