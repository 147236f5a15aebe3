package io.github.errgroup.sample.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.errgroup.ErrGroups;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
class BadInputTest {
    @LocalServerPort
    private int port;

    @Autowired
    private ErrGroups groups;

    @Autowired
    private JsonMapper json;

    private final HttpClient http = HttpClient.newHttpClient();

    @ParameterizedTest(name = "{0} {1} {3} -> {4} {5}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                // Storefront
                "GET    | /quotes/a%20b   | | | 400 | must be 1 to 32 letters, digits or hyphens",
                "GET    | /quotes/123456789012345678901234567890123 | | | 400 | must be 1 to 32 letters, digits or hyphens",
                "GET    | /quotes/NO-SUCH | | | 404 | must be one that the suppliers know",
                "POST   | /quotes/SKU-0001 | application/json | {} | 405 | not supported",
                "GET    | /nothing        | | | 404 | No static resource",
                // Suppliers
                "PATCH  | /suppliers/none | application/json | {} | 404 | must be one of price, stock, reviews, shipping",
                "PATCH  | /suppliers/price | application/json | {\"delayMs\":-1} | 400 | must be from 0 to 60000",
                "PATCH  | /suppliers/price | application/json | {\"delayMs\":60001} | 400 | must be from 0 to 60000",
                "PATCH  | /suppliers/price | application/json | {\"failureRate\":1.1} | 400 | must be from 0 to 1",
                "PATCH  | /suppliers/price | application/json | {\"failureRate\":\"often\"} | 400 | must be JSON of the documented form",
                "PATCH  | /suppliers/price | text/plain | x | 415 | not supported",
                // Fetcher
                "POST   | /fetches | application/json | {} | 400 | must have 1 to 1000 entries",
                "POST   | /fetches | application/json | {\"urls\":[]} | 400 | must have 1 to 1000 entries",
                "POST   | /fetches | application/json | {\"urls\":[null]} | 400 | must have at most 2048 characters",
                "POST   | /fetches | application/json | {\"urls\":\"http://a.example\"} | 400 | must be JSON of the documented form",
                "POST   | /fetches | application/json | {\"urls\":[ | 400 | must be JSON of the documented form",
                "POST   | /fetches | application/json | | 400 | must not be empty: JSON of the documented form",
                "POST   | /fetches | text/plain | x | 415 | not supported",
                "POST   | /fetches | application/json | {\"urls\":[\"ht tp://\"]} | 400 | must be a URL",
                "POST   | /fetches | application/json | {\"urls\":[\"file:///etc/passwd\"]} | 400 | must begin with http:// or https://",
                "POST   | /fetches | application/json | {\"urls\":[\"ftp://a.example/\"]} | 400 | must begin with http:// or https://",
                "POST   | /fetches | application/json | {\"urls\":[\"/relative\"]} | 400 | must begin with http:// or https://",
                "POST   | /fetches | application/json | {\"urls\":[\"http:///path\"]} | 400 | must have a host",
                "POST   | /fetches | application/json | {\"urls\":[\"http://me:secret@a.example/\"]} | 400 | must not have credentials",
                "POST   | /fetches | application/json | {\"urls\":[\"http://a.example:70000/\"]} | 400 | must have a port from 1 to 65535, or none",
                "POST   | /fetches | application/json | {\"urls\":[\"http://a.example\"],\"limit\":0} | 400 | must be from 1 to 100",
                "POST   | /fetches | application/json | {\"urls\":[\"http://a.example\"],\"limit\":101} | 400 | must be from 1 to 100",
                "POST   | /fetches | application/json | {\"urls\":[\"http://a.example\"],\"timeoutMs\":0} | 400 | must be from 1 to 60000",
                // Server-side request forgery
                "POST   | /fetches | application/json | {\"urls\":[\"http://127.0.0.1/\"]} | 400 | must resolve to public addresses only",
                "POST   | /fetches | application/json | {\"urls\":[\"http://localhost:8080/actuator\"]} | 400 | must resolve to public addresses only",
                "POST   | /fetches | application/json | {\"urls\":[\"http://[::1]/\"]} | 400 | must resolve to public addresses only",
                "POST   | /fetches | application/json | {\"urls\":[\"http://[::ffff:127.0.0.1]/\"]} | 400 | must resolve to public addresses only",
                "POST   | /fetches | application/json | {\"urls\":[\"http://169.254.169.254/latest/meta-data\"]} | 400 | must resolve to public addresses only",
                "POST   | /fetches | application/json | {\"urls\":[\"http://10.1.2.3/\"]} | 400 | must resolve to public addresses only",
                // Importer
                "POST   | /imports | text/csv | | 422 | must be the header sku,name,price,stock",
                "POST   | /imports | application/json | {} | 415 | not supported",
                "POST   | /imports?id=a%20b | text/csv | x | 400 | must be 1 to 64 letters, digits or hyphens",
                "GET    | /imports/none | | | 404 | must be the id of one of the last imports",
                "DELETE | /imports/none | | | 404 | must be the id of one of the last imports",
                "PUT    | /imports | text/csv | x | 405 | not supported",
                // The page
                "POST   | /runs | application/json | {} | 400 | must be one of storefront, fetcher, race, settle, tools, cluster, importer",
                "POST   | /runs | application/json | {\"scenario\":\"fetcher\"} | 400 | must be from 1 to 200",
                "POST   | /runs | application/json | {\"scenario\":\"fetcher\",\"tasks\":201} | 400 | must be from 1 to 200",
                "POST   | /runs | application/json | {\"scenario\":\"fetcher\",\"tasks\":1.5} | 400 | must be JSON of the documented form",
                "POST   | /runs | application/json | {\"scenario\":\"fetcher\",\"tasks\":5,\"limit\":0} | 400 | must be from 1 to 200",
                "POST   | /runs | application/json | {\"scenario\":\"importer\",\"tasks\":5,\"limit\":2} | 400 | must be from 3 to 200",
                "POST   | /runs | application/json | {\"scenario\":\"fetcher\",\"tasks\":5,\"failAt\":6} | 400 | must be from 1 to 5",
                "POST   | /runs | application/json | {\"scenario\":\"fetcher\",\"tasks\":5,\"deadlineMs\":49} | 400 | must be from 50 to 60000",
                "POST   | /runs | application/json | {\"scenario\":\"race\",\"tasks\":5,\"cancelOnError\":true} | 400 | must not be given for race, settle and tools",
                "GET    | /runs/none | | | 404 | must be the id of one of the last 20 runs",
                "GET    | /runs/none/events | | | 404 | must be the id of one of the last 20 runs",
                "PATCH  | /runs/none | application/json | {\"limit\":1} | 404 | must be the id of one of the last 20 runs",
                "DELETE | /runs/none | | | 404 | must be the id of one of the last 20 runs"
            })
    void bad_input_is_answered_with_problem_json_that_names_the_rule(
            String method, String path, String contentType, String body, int status, String rule) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        if (contentType != null) {
            request.header("Content-Type", contentType);
        }

        HttpResponse<String> response = http.send(request.build(), BodyHandlers.ofString());

        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        assertThat(response.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        JsonNode problem = json.readTree(response.body());
        assertThat(problem.get("detail").asString()).contains(rule);
        assertThat(response.body()).doesNotContain("secret").doesNotContain("io.github.errgroup");
        assertThat(groups.live()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"/fetches,{}", "/fetches,{\"urls\":[\"file:///etc/passwd\"]}"})
    void a_client_that_asked_for_events_gets_problem_json_too(String path, String body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .header("Content-Type", "application/json")
                .header("Accept", "text/event-stream")
                .POST(BodyPublishers.ofString(body))
                .build();

        HttpResponse<String> response = http.send(request, BodyHandlers.ofString());

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        assertThat(json.readTree(response.body()).get("rule").asString()).startsWith("must ");
    }
}
