package io.github.errgroup.examples;

import static java.time.Duration.ofSeconds;

import io.github.errgroup.ErrGroup;
import io.github.errgroup.Subtask;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;

/** Many network requests at once: all the pages, or the first failure and every other connection dropped. */
public final class FetchPages {
    private final HttpClient http = HttpClient.newHttpClient();

    public List<String> fetchAll(List<URI> pages) throws InterruptedException {
        try (ErrGroup group = ErrGroup.open(o -> o.name("fetch").limit(20).timeout(ofSeconds(30)))) {
            List<Subtask<String>> bodies = group.map(pages, this::fetch);
            group.await();
            return bodies.stream().map(Subtask::get).toList(); // in the order of the pages
        }
    }

    private String fetch(URI page) throws IOException, InterruptedException {
        HttpResponse<String> response = http.send(HttpRequest.newBuilder(page).build(), BodyHandlers.ofString());
        if (response.statusCode() != 200) {
            throw new IOException(page + " answered " + response.statusCode());
        }
        return response.body();
    }
}
