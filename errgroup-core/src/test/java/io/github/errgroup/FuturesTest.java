package io.github.errgroup;

import static io.github.errgroup.Futures.future;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

/** N12: futures as tasks, with the JDK's HTTP client and a server that sees what becomes of its connections. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class FuturesTest {
    private final HttpClient client = HttpClient.newHttpClient();

    private static HttpRequest get(LoopbackServer server, String path) {
        return HttpRequest.newBuilder(server.page(path)).build();
    }

    @Test
    void N12_the_JDKs_client_answers_a_task() throws Exception {
        try (LoopbackServer server = new LoopbackServer(1);
                ErrGroup group = ErrGroup.open()) {
            Subtask<HttpResponse<String>> one =
                    group.go("send", future(() -> client.sendAsync(get(server, "/page/1"), BodyHandlers.ofString())));
            List<Subtask<HttpResponse<String>>> more = group.map(
                    List.of("/page/2", "/page/3"),
                    future(path -> client.sendAsync(get(server, path), BodyHandlers.ofString())));
            group.await();

            assertThat(one.get().body()).isEqualTo("/page/1");
            assertThat(more).extracting(answer -> answer.get().body()).containsExactly("/page/2", "/page/3");
        }
    }

    @Test
    void N12_the_connection_of_a_request_is_dropped_when_a_sibling_fails() throws Exception {
        theConnectionIsDropped(true);
    }

    @Test
    void N12_the_connection_is_dropped_though_nobody_is_interrupted() throws Exception {
        theConnectionIsDropped(false);
    }

    private void theConnectionIsDropped(boolean interrupt) throws Exception {
        try (LoopbackServer server = new LoopbackServer(1);
                ErrGroup group = ErrGroup.open(o -> o.interruptOnCancel(interrupt))) {
            Subtask<HttpResponse<String>> held =
                    group.go("held", future(() -> client.sendAsync(get(server, "/hold"), BodyHandlers.ofString())));
            group.go("failing", () -> {
                client.send(get(server, "/fail"), BodyHandlers.ofString()); // answered once the other one is held
                throw new IOException("refused");
            });

            assertThatExceptionOfType(IOException.class).isThrownBy(() -> group.await(IOException.class));

            assertThat(held.state()).isEqualTo(Subtask.State.CANCELLED);
            assertThat(server.dropped.await(10, SECONDS)).as("dropped").isTrue();
        }
    }

    @Test
    void N12_a_null_start_is_refused_at_once() {
        assertThatNullPointerException()
                .isThrownBy(() -> future((Callable<java.util.concurrent.Future<String>>) null))
                .withMessage("start");
    }
}
