package io.github.errgroup.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.github.errgroup.ErrGroup;
import io.github.errgroup.ErrGroupException;
import io.github.errgroup.Subtask;
import io.github.errgroup.Subtask.State;
import io.github.errgroup.TaskThreads;
import io.github.errgroup.ThrowingConsumer;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/**
 * J6: a task that the cancellation finds blocked in input or output counts as cancelled, not as failed, though what it
 * throws looks like a failure: on a virtual thread an interrupted socket read throws a SocketException without a cause.
 */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class BlockedInIoTest {

    private static void socket(SilentServer server) throws Exception {
        try (Socket socket = new Socket()) {
            socket.connect(server.address());
            socket.getInputStream().read();
        }
    }

    private static void socketChannel(SilentServer server) throws Exception {
        try (SocketChannel channel = SocketChannel.open(server.address())) {
            channel.read(ByteBuffer.allocate(1));
        }
    }

    private static void urlConnection(SilentServer server) throws Exception {
        HttpURLConnection connection = (HttpURLConnection) server.uri().toURL().openConnection();
        try (InputStream in = connection.getInputStream()) {
            in.read();
        }
    }

    private static void httpClient(SilentServer server) throws Exception {
        HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(server.uri()).build(), HttpResponse.BodyHandlers.ofString());
    }

    @Nested
    class On_a_virtual_thread {
        @BeforeEach
        void needsVirtualThreads() {
            assumeThat(TaskThreads.virtualThreadsSupported())
                    .as("this JVM has virtual threads")
                    .isTrue();
        }

        @Test
        void J6_blocked_in_a_Socket_is_CANCELLED() throws Exception {
            cancelledWhileBlocked(TaskThreads.virtual("io-"), BlockedInIoTest::socket);
        }

        @Test
        void J6_blocked_in_a_SocketChannel_is_CANCELLED() throws Exception {
            cancelledWhileBlocked(TaskThreads.virtual("io-"), BlockedInIoTest::socketChannel);
        }

        @Test
        void J6_blocked_in_an_HttpURLConnection_is_CANCELLED() throws Exception {
            cancelledWhileBlocked(TaskThreads.virtual("io-"), BlockedInIoTest::urlConnection);
        }

        @Test
        void J6_blocked_in_an_HttpClient_is_CANCELLED() throws Exception {
            cancelledWhileBlocked(TaskThreads.virtual("io-"), BlockedInIoTest::httpClient);
        }
    }

    @Nested
    class On_a_platform_thread {
        @Test
        void J6_blocked_in_a_SocketChannel_is_CANCELLED() throws Exception {
            cancelledWhileBlocked(TaskThreads.platform("io-"), BlockedInIoTest::socketChannel);
        }

        @Test
        void J6_blocked_in_an_HttpClient_is_CANCELLED() throws Exception {
            cancelledWhileBlocked(TaskThreads.platform("io-"), BlockedInIoTest::httpClient);
        }

        @Test
        void J6_blocked_in_a_Socket_that_a_hook_closes_is_CANCELLED() throws Exception {
            try (SilentServer server = new SilentServer();
                    ErrGroup group = ErrGroup.open(
                            o -> o.threads(TaskThreads.platform("io-")).interruptOnCancel(false))) {
                Subtask<?> task = group.go(() -> {
                    try (Socket socket = new Socket();
                            var hook = group.context().addCancellationHook(() -> {
                                catchThrowable(socket::close);
                            })) {
                        assertThat(hook).isNotNull();
                        socket.connect(server.address());
                        socket.getInputStream().read();
                    }
                });
                server.untilConnected();
                group.cancel();
                catchThrowable(group::await);
                assertThat(task.state()).isEqualTo(State.CANCELLED);
            }
        }
    }

    /** Once by the user and once by a sibling's failure. */
    private static void cancelledWhileBlocked(TaskThreads threads, ThrowingConsumer<SilentServer> blocking)
            throws Exception {
        try (SilentServer server = new SilentServer();
                ErrGroup group = ErrGroup.open(o -> o.threads(threads))) {
            Subtask<?> task = startAndBlock(group, server, blocking);

            group.cancel();

            Throwable thrown = catchThrowable(group::await);
            assertThat(task.state()).as("state with %s", task.exception()).isEqualTo(State.CANCELLED);
            assertThat(thrown).isInstanceOf(ErrGroupException.class).hasCauseInstanceOf(CancellationException.class);
            assertThat(group.snapshot().failed()).isZero();
        }
        try (SilentServer server = new SilentServer();
                ErrGroup group = ErrGroup.open(o -> o.threads(threads))) {
            Subtask<?> task = startAndBlock(group, server, blocking);
            Broken broken = new Broken("a sibling");

            group.go(() -> {
                throw broken;
            });

            Throwable thrown = catchThrowable(group::await);
            assertThat(task.state()).as("state with %s", task.exception()).isEqualTo(State.CANCELLED);
            assertThat(thrown).hasCause(broken);
            assertThat(thrown.getSuppressed()).isEmpty();
        }
    }

    private static Subtask<?> startAndBlock(
            ErrGroup group, SilentServer server, ThrowingConsumer<SilentServer> blocking) {
        AtomicReference<@Nullable Thread> thread = new AtomicReference<>();
        Subtask<?> task = group.go(() -> {
            thread.set(Thread.currentThread());
            blocking.accept(server);
        });
        server.untilConnected();
        Threads.until(() -> {
            Thread runs = thread.get();
            // a platform thread in a socket's read is RUNNABLE: connected is all that can be seen of it
            return runs != null && (Threads.isParked(runs) || runs.getState() == Thread.State.RUNNABLE);
        });
        return task;
    }
}
