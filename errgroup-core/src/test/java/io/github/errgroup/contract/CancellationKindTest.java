package io.github.errgroup.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.errgroup.ErrGroup;
import io.github.errgroup.ErrGroupException;
import io.github.errgroup.ErrGroupOptions;
import io.github.errgroup.Subtask;
import io.github.errgroup.Subtask.State;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** J6: what counts as a cancellation, and what as a failure. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class CancellationKindTest {

    static Stream<Throwable> cancellations() {
        return Stream.of(
                new InterruptedException(),
                new InterruptedIOException(),
                new ClosedChannelException(),
                new AsynchronousCloseException(),
                new ClosedByInterruptException(),
                new CancellationException(),
                new ExecutionException(new InterruptedException()),
                new UncheckedIOException(new IOException(new CompletionException(new CancellationException()))),
                new SocketException("Closed by interrupt"),
                inCycle(new InterruptedException()),
                deep(31, new InterruptedException()));
    }

    static Stream<Throwable> failures() {
        return Stream.of(
                new Broken("of its own"),
                new SocketTimeoutException("Read timed out"),
                new IOException(new SocketTimeoutException("Read timed out")),
                new IOException("Connection reset"),
                inCycle(new Broken("of its own")),
                deep(32, new InterruptedException()),
                deep(100, new InterruptedException()));
    }

    private static Throwable inCycle(Throwable end) {
        IOException outer = new IOException("outer");
        IOException inner = new IOException("inner");
        outer.initCause(end);
        end.initCause(inner);
        inner.initCause(outer);
        return outer;
    }

    private static Throwable deep(int levels, Throwable end) {
        Throwable chain = end;
        for (int i = 0; i < levels; i++) {
            chain = new Exception("level " + i, chain);
        }
        return chain;
    }

    @ParameterizedTest
    @MethodSource("cancellations")
    void J6_after_cancellation_began_this_is_a_cancellation(Throwable thrown) throws Exception {
        try (ErrGroup group = ErrGroup.open()) {
            Subtask<?> task = throwsWhenCancelled(group, thrown);
            assertThat(task.state()).isEqualTo(State.CANCELLED);
            assertThat(task.exception()).isSameAs(thrown);
        }
    }

    @ParameterizedTest
    @MethodSource("failures")
    void J6_after_cancellation_began_this_is_still_a_failure(Throwable thrown) throws Exception {
        try (ErrGroup group = ErrGroup.open()) {
            Subtask<?> task = throwsWhenCancelled(group, thrown);
            assertThat(task.state()).isEqualTo(State.FAILED);
            assertThat(catchThrowable(group::await))
                    .isInstanceOf(ErrGroupException.class)
                    .hasSuppressedException(thrown);
        }
    }

    @ParameterizedTest
    @MethodSource("cancellations")
    void J6_before_cancellation_every_exception_is_a_failure(Throwable thrown) {
        try (ErrGroup group = ErrGroup.open()) {
            Subtask<?> task = group.go(() -> {
                throw sneaky(thrown);
            });
            assertThat(catchThrowable(group::await))
                    .isInstanceOf(ErrGroupException.class)
                    .hasCause(thrown);
            assertThat(task.state()).isEqualTo(State.FAILED);
        }
    }

    @Test
    void J6_an_Error_is_never_a_cancellation() throws Exception {
        Error error = new AssertionError("violated", new InterruptedException());
        try (ErrGroup group = ErrGroup.open(o -> o.cancellationWhen(any -> true))) {
            Subtask<?> task = throwsWhenCancelled(group, error);
            assertThat(task.state()).isEqualTo(State.FAILED);
            assertThat(catchThrowable(group::await)).isSameAs(error);
        }
    }

    @Test
    void J6_the_users_predicate_adds_to_what_is_a_cancellation() throws Exception {
        try (ErrGroup group = ErrGroup.open(o -> o.cancellationWhen(Broken.class::isInstance))) {
            assertThat(throwsWhenCancelled(group, new Broken("query cancelled")).state())
                    .isEqualTo(State.CANCELLED);
        }
    }

    @Test
    void J6_the_users_predicate_is_not_asked_before_the_cancellation() {
        try (ErrGroup group = ErrGroup.open(o -> o.cancellationWhen(any -> true))) {
            group.go(() -> {
                throw new Broken("a failure");
            });
            assertThat(catchThrowable(group::await)).hasCauseInstanceOf(Broken.class);
        }
    }

    @Test
    void J6_a_predicate_that_throws_leaves_a_failure() throws Exception {
        Broken broken = new Broken("a failure");
        try (LogTap log = new LogTap();
                ErrGroup group = ErrGroup.open(o -> o.cancellationWhen(any -> {
                    throw new IllegalStateException("predicate");
                }))) {
            Subtask<?> task = throwsWhenCancelled(group, broken);
            assertThat(task.state()).isEqualTo(State.FAILED);
            assertThat(catchThrowable(group::await))
                    .isInstanceOf(ErrGroupException.class)
                    .hasSuppressedException(broken);
            assertThat(log.has("predicate")).as("logged").isTrue();
        }
    }

    @Test
    void J6_a_SocketException_of_a_task_that_was_not_interrupted_is_a_failure() throws Exception {
        try (ErrGroup group = ErrGroup.open(o -> o.interruptOnCancel(false))) {
            assertThat(throwsWhenCancelled(group, new SocketException("Connection reset"))
                            .state())
                    .isEqualTo(State.FAILED);
            assertThat(catchThrowable(group::await).getSuppressed())
                    .singleElement()
                    .isInstanceOf(SocketException.class);
        }
    }

    @Test
    void J6_a_SocketException_of_a_task_whose_hook_ran_is_a_cancellation() throws Exception {
        try (ErrGroup group = ErrGroup.open(o -> o.interruptOnCancel(false))) {
            Gate running = new Gate();
            Gate closed = new Gate();
            Subtask<?> task = group.go(() -> {
                group.context().addCancellationHook(closed::open);
                running.open();
                closed.pass();
                throw new SocketException("Socket closed");
            });
            running.pass();
            group.cancel();
            catchThrowable(group::await);
            assertThat(task.state()).isEqualTo(State.CANCELLED);
        }
    }

    @Test
    void J6_a_task_that_returns_in_spite_of_the_cancellation_has_succeeded() throws Exception {
        for (Consumer<ErrGroupOptions.Builder> options :
                List.<Consumer<ErrGroupOptions.Builder>>of(o -> {}, o -> o.interruptOnCancel(false))) {
            try (ErrGroup group = ErrGroup.open(options)) {
                Gate running = new Gate();
                Gate end = new Gate();
                Subtask<?> task = group.go(() -> {
                    running.open();
                    end.passIgnoringInterrupts();
                    return "anyway";
                });
                running.pass();
                group.cancel();
                end.open();
                catchThrowable(group::await);
                assertThat(task.state()).isEqualTo(State.SUCCEEDED);
            }
        }
    }

    /** A task that runs when the group is cancelled, and then throws. */
    private static Subtask<?> throwsWhenCancelled(ErrGroup group, Throwable thrown) throws InterruptedException {
        Gate running = new Gate();
        Gate end = new Gate();
        Subtask<?> task = group.go(() -> {
            running.open();
            end.passIgnoringInterrupts();
            throw sneaky(thrown);
        });
        running.pass();
        group.cancel();
        end.open();
        catchThrowable(group::await);
        return task;
    }

    @SuppressWarnings("unchecked")
    private static <X extends Throwable> X sneaky(Throwable thrown) throws X {
        throw (X) thrown;
    }
}
