package io.github.errgroup.sample.cluster;

import io.github.errgroup.ErrGroup;
import io.github.errgroup.Subtask;
import java.io.IOException;
import java.io.Serializable;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.Callable;

/**
 * Asks a supplier, on whichever member it is sent to; in a group of its own there, which has its caller's deadline and so ends
 * the task of a caller that has died.
 *
 * @param url what to ask
 * @param left the time that the caller has left
 */
record AskSupplier(URI url, Duration left) implements Callable<String>, Serializable {
    /** The JDK's client, which notices an interrupt on any thread. */
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private static final int OK = 200;

    @Override
    public String call() throws IOException, InterruptedException {
        Duration timeout = left.plusMillis(200); // while the caller lives, it is the caller that cancels
        try (ErrGroup group = ErrGroup.open(o -> o.name("question over there").timeout(timeout))) {
            Subtask<String> answer = group.go(this::answer);
            group.await(IOException.class);
            return answer.get();
        }
    }

    private String answer() throws IOException, InterruptedException {
        var answer = HTTP.send(HttpRequest.newBuilder(url).build(), BodyHandlers.ofString());
        if (answer.statusCode() != OK) {
            throw new IOException("status " + answer.statusCode());
        }
        return answer.body();
    }
}
