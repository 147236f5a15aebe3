package io.github.errgroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.errgroup.examples.Md5Tree;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The cases of Go's own {@code errgroup_test.go}, told again in Java: each test names the Go test it mirrors. Where we
 * differ on purpose, {@link OnPurposeUnlikeGo} says how.
 */
class GoErrGroupTest {
    private static final Exception DOOM = new Exception("doomed");
    private static final Exception OTHER = new Exception("another");

    /** What the tasks of one case fail with, in order; null for a task that succeeds. */
    record Errors(List<@Nullable Exception> errors) {
        static Errors of(@Nullable Exception... errors) {
            return new Errors(Arrays.asList(errors));
        }

        @Nullable
        Exception first() {
            return firstOf(errors.size());
        }

        @Nullable
        Exception firstOf(int tasks) {
            for (Exception error : errors.subList(0, tasks)) {
                if (error != null) {
                    return error;
                }
            }
            return null;
        }
    }

    static List<Errors> zeroGroupCases() {
        return List.of(
                Errors.of(),
                Errors.of((Exception) null),
                Errors.of(DOOM),
                Errors.of(DOOM, null),
                Errors.of(DOOM, null, OTHER));
    }

    static List<Errors> contextCases() {
        return List.of(Errors.of(), Errors.of((Exception) null), Errors.of(DOOM), Errors.of(DOOM, null));
    }

    @DisplayName("Go's TestZeroGroup: without cancelling, every await gives the first error so far")
    @ParameterizedTest
    @MethodSource("zeroGroupCases")
    void zero_group(Errors given) throws InterruptedException {
        try (ErrGroup group = ErrGroup.open(o -> o.cancelOnError(false))) {
            for (int i = 0; i < given.errors().size(); i++) {
                Exception error = given.errors().get(i);
                group.go(() -> failWith(error));

                assertThat(firstErrorOf(group)).isSameAs(given.firstOf(i + 1));
            }
        }
    }

    @DisplayName("Go's TestWithContext: await gives the first error and leaves the context cancelled")
    @ParameterizedTest
    @MethodSource("contextCases")
    void with_context(Errors given) throws InterruptedException {
        try (ErrGroup group = ErrGroup.open()) {
            for (Exception error : given.errors()) {
                group.go(() -> failWith(error));
            }

            assertThat(firstErrorOf(group)).isSameAs(given.first());
            assertThat(group.context().isCancelled()).isTrue();
        }
    }

    @DisplayName("Go's TestTryGo: starts up to the limit, again after await, and follows a switched limit")
    @Test
    void tryGo() throws InterruptedException {
        BlockingQueue<String> channel = new SynchronousQueue<>();
        ThrowingRunnable send = () -> channel.put("");
        try (ErrGroup group = ErrGroup.open(o -> o.cancelOnError(false).limit(42))) {
            for (int i = 0; i < 42; i++) {
                assertThat(group.tryGo(send)).as("call %d", i).isPresent();
            }
            assertThat(group.tryGo(send)).as("a call above the limit").isEmpty();
            receive(channel, 42);
            group.await();

            assertThat(group.tryGo(send))
                    .as("a call after all tasks have ended")
                    .isPresent();
            receive(channel, 1);
            group.await();

            group.setLimit(1);
            assertThat(group.tryGo(send)).as("the first call with limit 1").isPresent();
            assertThat(group.tryGo(send)).as("the second call with limit 1").isEmpty();
            receive(channel, 1);
            group.await();

            group.setLimit(0);
            for (int i = 0; i < 1 << 10; i++) {
                assertThat(group.tryGo(send)).as("a call with limit 0").isEmpty();
            }
            group.await();
        }
    }

    @DisplayName("Go's TestGoLimit: of 1025 tasks never more than ten run at once, and ten do")
    @Test
    void go_limit() throws InterruptedException {
        int limit = 10;
        AtomicInteger active = new AtomicInteger();
        CountDownLatch tenAtOnce = new CountDownLatch(limit);
        try (ErrGroup group = ErrGroup.open(o -> o.cancelOnError(false).limit(limit))) {
            for (int i = 0; i <= 1 << 10; i++) {
                group.go(() -> {
                    int now = active.incrementAndGet();
                    if (now > limit) {
                        throw new AssertionError("saw " + now + " active tasks; want at most " + limit);
                    }
                    tenAtOnce.countDown();
                    tenAtOnce.await();
                    Thread.yield(); // give others a chance to become active
                    active.decrementAndGet();
                });
            }
            group.await();
        }
        assertThat(active).hasValue(0);
    }

    @DisplayName("Go's TestCancelCause: the context's cause is the first error, or a plain cancellation at the end")
    @ParameterizedTest
    @MethodSource("contextCases")
    void cancel_cause(Errors given) throws InterruptedException {
        try (ErrGroup group = ErrGroup.open()) {
            for (Exception error : given.errors()) {
                group.tryGo(() -> failWith(error));
            }

            assertThat(firstErrorOf(group)).isSameAs(given.first());
            if (given.first() == null) {
                assertThat(group.context().cause()).isInstanceOf(CancellationException.class);
            } else {
                assertThat(group.context().cause()).isSameAs(given.first());
            }
        }
    }

    @DisplayName("Go's ExampleGroup_justErrors: all pages are fetched, and the one that cannot be is the error")
    @Test
    void just_errors() throws Exception {
        AtomicInteger fetched = new AtomicInteger();
        try (LoopbackServer server = new LoopbackServer(0);
                ErrGroup group = ErrGroup.open(o -> o.cancelOnError(false))) {
            for (String path : List.of("/page/1", "/fail", "/page/2")) {
                URL url = server.page(path).toURL();
                group.go(() -> {
                    try (InputStream body = url.openStream()) {
                        body.readAllBytes();
                        fetched.incrementAndGet();
                    }
                });
            }

            assertThat(firstErrorOf(group)).isInstanceOf(IOException.class).hasMessageContaining("/fail");
            assertThat(fetched).hasValue(2);
        }
    }

    @DisplayName("Go's ExampleGroup_parallel: three searches at once, their results in order")
    @Test
    void parallel() throws InterruptedException {
        List<String> results = new ArrayList<>();
        try (ErrGroup group = ErrGroup.open()) {
            List<Subtask<String>> searches =
                    group.map(List.of("web", "image", "video"), kind -> kind + " result for \"golang\"");
            group.await();
            searches.forEach(search -> results.add(search.get()));
        }
        assertThat(results)
                .containsExactly(
                        "web result for \"golang\"", "image result for \"golang\"", "video result for \"golang\"");
    }

    @DisplayName("Go's ExampleGroup_pipeline (MD5All): every file of a tree with its sum")
    @Test
    void md5_all(@TempDir Path root) throws Exception {
        for (int i = 0; i < 100; i++) {
            Path folder = Files.createDirectories(root.resolve("folder-" + i % 7));
            Files.writeString(folder.resolve("file-" + i), "content " + i);
        }

        Map<Path, String> sums = Md5Tree.sums(root);

        assertThat(sums).hasSize(100);
        for (int i = 0; i < 100; i++) {
            byte[] sum = MessageDigest.getInstance("MD5").digest(("content " + i).getBytes(StandardCharsets.UTF_8));
            assertThat(sums)
                    .containsEntry(
                            root.resolve("folder-" + i % 7).resolve("file-" + i),
                            HexFormat.of().formatHex(sum));
        }
    }

    @DisplayName("Go's ExampleGroup_pipeline (MD5All): a walk that fails ends the digesters that wait for it")
    @Test
    void md5_all_of_nothing(@TempDir Path root) {
        assertThatExceptionOfType(NoSuchFileException.class)
                .isThrownBy(() -> Md5Tree.sums(root.resolve("missing")))
                .withMessageContaining("missing");
    }

    /** Go has other answers to these; ours are deliberate, and {@code docs/guide/from-go.md} lists them. */
    @Nested
    class OnPurposeUnlikeGo {
        @DisplayName("a cancelled group starts none of the tasks that wait for a slot (Go runs them all)")
        @Test
        void waiting_tasks_of_a_cancelled_group_never_start() throws InterruptedException {
            AtomicBoolean started = new AtomicBoolean();
            AtomicReference<Subtask<?>> waiting = new AtomicReference<>();
            try (ErrGroup group = ErrGroup.open(o -> o.limit(1))) {
                group.go(() -> {
                    waiting.set(group.go(() -> started.set(true)));
                    throw DOOM;
                });

                assertThat(firstErrorOf(group)).isSameAs(DOOM);
            }
            assertThat(waiting.get().state()).isEqualTo(Subtask.State.SKIPPED);
            assertThat(started).isFalse();
        }

        @DisplayName("a caller blocked in go when the group is cancelled gets a skipped task (Go starts it)")
        @Test
        void a_blocked_caller_of_go_gets_a_skipped_task() throws Exception {
            AtomicBoolean started = new AtomicBoolean();
            CountDownLatch fail = new CountDownLatch(1);
            try (ErrGroup group = ErrGroup.open(o -> o.limit(1))) {
                group.go(() -> {
                    fail.await();
                    throw DOOM;
                });
                FutureTask<Subtask<?>> blocked = new FutureTask<>(() -> group.go(() -> started.set(true)));
                Thread caller = new Thread(blocked, "blocked-in-go");
                caller.start();
                awaitParked(caller);
                fail.countDown();

                assertThat(blocked.get(30, TimeUnit.SECONDS).state()).isEqualTo(Subtask.State.SKIPPED);
                assertThat(firstErrorOf(group)).isSameAs(DOOM);
            }
            assertThat(started).isFalse();
        }

        @DisplayName("the limit may be raised while tasks run, and wakes a blocked go (Go panics)")
        @Test
        void a_raised_limit_wakes_a_blocked_caller() throws Exception {
            CountDownLatch release = new CountDownLatch(1);
            try (ErrGroup group = ErrGroup.open(o -> o.limit(1))) {
                group.go(() -> release.await());
                FutureTask<Subtask<?>> blocked = new FutureTask<>(() -> group.go(() -> release.await()));
                Thread caller = new Thread(blocked, "blocked-in-go");
                caller.start();
                awaitParked(caller);

                group.setLimit(2);

                Subtask<?> second = blocked.get(30, TimeUnit.SECONDS);
                assertThat(second.state().isEnded()).isFalse();
                assertThat(group.tryGo(() -> {})).isEmpty();
                release.countDown();
                group.await();
                assertThat(second.state()).isEqualTo(Subtask.State.SUCCEEDED);
            }
        }

        @DisplayName("the limit may be lowered while tasks run, which lets them finish (Go panics)")
        @Test
        void a_lowered_limit_lets_running_tasks_finish() throws InterruptedException {
            CountDownLatch firstMayEnd = new CountDownLatch(1);
            CountDownLatch secondMayEnd = new CountDownLatch(1);
            try (ErrGroup group = ErrGroup.open(o -> o.cancelOnError(false).limit(2))) {
                Subtask<?> first = group.go(() -> firstMayEnd.await());
                Subtask<?> second = group.go(() -> secondMayEnd.await());

                group.setLimit(1);

                assertThat(group.tryGo(() -> {})).isEmpty();
                firstMayEnd.countDown();
                secondMayEnd.countDown();
                group.await();
                assertThat(List.of(first.state(), second.state())).containsOnly(Subtask.State.SUCCEEDED);
                assertThat(group.limit()).isEqualTo(1);
                assertThat(group.tryGo(() -> {})).isPresent();
                group.await();
            }
        }

        @DisplayName("a cancelling group is used up by await (Go goes on with a context that is cancelled)")
        @Test
        void a_cancelling_group_is_used_up_by_await() throws InterruptedException {
            try (ErrGroup group = ErrGroup.open(o -> o.name("once"))) {
                group.go(() -> {});
                group.await();

                assertThatIllegalStateException()
                        .isThrownBy(() -> group.go(() -> {}))
                        .withMessageContainingAll("once", "fresh()");
                assertThatIllegalStateException()
                        .isThrownBy(() -> group.tryGo(() -> {}))
                        .withMessageContainingAll("once", "fresh()");
                group.await(); // repeats its answer

                try (ErrGroup next = group.fresh()) {
                    Subtask<String> again = next.go(() -> "again");
                    next.await();
                    assertThat(again.get()).isEqualTo("again");
                }
            }
        }

        @DisplayName("a task that calls go on its own full group queues the next one (Go blocks for ever)")
        @Test
        void a_task_may_call_go_on_its_own_full_group() throws InterruptedException {
            AtomicReference<@Nullable Subtask<String>> next = new AtomicReference<>();
            try (ErrGroup group = ErrGroup.open(o -> o.limit(1))) {
                group.go(() -> next.set(group.go(() -> "ran")));
                group.await();
            }
            assertThat(next.get()).isNotNull().extracting(Subtask::get).isEqualTo("ran");
        }

        @DisplayName("an Error, the nearest thing to a panic, comes out of await as itself (Go ends the process)")
        @Test
        void an_error_comes_out_of_await_as_itself() {
            StackOverflowError error = new StackOverflowError("too deep");
            try (ErrGroup group = ErrGroup.open()) {
                group.go(() -> {
                    throw error;
                });

                assertThatExceptionOfType(StackOverflowError.class)
                        .isThrownBy(group::await)
                        .isSameAs(error);
            }
        }

        @DisplayName("a failure that nobody awaited is thrown by close (Go loses it)")
        @Test
        void a_failure_nobody_awaited_is_thrown_by_close() throws InterruptedException {
            CountDownLatch failed = new CountDownLatch(1);
            ErrGroup group = ErrGroup.open();
            group.context().addCancellationHook(failed::countDown);
            group.go(() -> failWith(DOOM));
            failed.await();

            assertThatExceptionOfType(ErrGroupException.class)
                    .isThrownBy(group::close)
                    .withCause(DOOM);
        }
    }

    private static void failWith(@Nullable Exception error) throws Exception {
        if (error != null) {
            throw error;
        }
    }

    /** Go's {@code Wait}: the first error, or null. */
    private static @Nullable Throwable firstErrorOf(ErrGroup group) throws InterruptedException {
        try {
            group.await();
            return null;
        } catch (ErrGroupException failure) {
            return failure.getCause();
        }
    }

    /** Receives so many values, in a thread of its own. */
    private static void receive(BlockingQueue<String> channel, int values) {
        Thread receiver = new Thread(
                () -> {
                    try {
                        for (int i = 0; i < values; i++) {
                            channel.take();
                        }
                    } catch (InterruptedException unexpected) {
                        throw new IllegalStateException(unexpected);
                    }
                },
                "receiver");
        receiver.setDaemon(true);
        receiver.start();
    }

    /** Returns once the thread waits for something: it has nothing else to wait for than what the test is about. */
    private static void awaitParked(Thread thread) {
        while (thread.getState() != Thread.State.WAITING && thread.getState() != Thread.State.TIMED_WAITING) {
            assertThat(thread.isAlive()).as("%s is alive", thread.getName()).isTrue();
            Thread.onSpinWait();
        }
    }
}
