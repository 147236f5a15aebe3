package io.github.errgroup.sample.imports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.errgroup.CancelReason;
import io.github.errgroup.ErrGroup;
import io.github.errgroup.ErrGroupException;
import io.github.errgroup.ErrGroups;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Imports on any database; a subclass chooses which. */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
abstract class ImportsTest {
    private static final String HEADER = "sku,name,price,stock\n";

    @LocalServerPort
    private int port;

    @Autowired
    private JdbcClient jdbc;

    @Autowired
    private ErrGroups groups;

    @Autowired
    private ImportPipeline pipeline;

    @Autowired
    private JsonMapper json;

    private final HttpClient http = HttpClient.newHttpClient();

    @BeforeEach
    void empty() {
        jdbc.sql("DELETE FROM product").update();
    }

    @Test
    void all_rows_of_a_good_file_are_saved() throws Exception {
        StringBuilder csv = new StringBuilder(HEADER);
        for (int i = 0; i < 1_234; i++) {
            csv.append("sku-")
                    .append(i)
                    .append(", \"A \"\"good\"\" thing, ")
                    .append(i)
                    .append("\",1.50,7\n");
        }

        HttpResponse<String> response = post("good", csv.toString());

        assertThat(response.statusCode()).isEqualTo(201);
        assertThat(response.headers().firstValue("Location")).hasValue("/imports/good");
        JsonNode done = json.readTree(response.body());
        assertThat(done.get("state").asString()).isEqualTo("succeeded");
        assertThat(done.get("saved").asInt()).isEqualTo(1_234);
        assertThat(count()).isEqualTo(1_234);
        assertThat(jdbc.sql("SELECT name FROM product WHERE sku = 'SKU-1233'")
                        .query(String.class)
                        .single())
                .isEqualTo("A \"good\" thing, 1233");
        assertThat(groups.live()).isEmpty();
    }

    @Test
    void a_later_row_of_a_sku_wins_over_an_earlier_one() throws Exception {
        post("first", HEADER + "a,old,1.00,1\n");

        HttpResponse<String> response = post("second", HEADER + "a,newer,2.00,2\na,newest,3.00,3\n");

        assertThat(response.statusCode()).isEqualTo(201);
        assertThat(jdbc.sql("SELECT price FROM product WHERE sku = 'A' AND name = 'newest'")
                        .query(BigDecimal.class)
                        .single())
                .isEqualByComparingTo("3.00");
    }

    @Test
    void the_first_bad_row_is_named_and_nothing_is_saved() throws Exception {
        StringBuilder csv = new StringBuilder(HEADER);
        for (int i = 2; i <= 20_001; i++) {
            csv.append("sku-")
                    .append(i)
                    .append(",thing,")
                    .append(i == 15_000 ? "cheap" : "1.50")
                    .append(",7\n");
        }

        HttpResponse<String> response = post("bad", csv.toString());

        assertThat(response.statusCode()).isEqualTo(422);
        assertThat(response.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        JsonNode problem = json.readTree(response.body());
        assertThat(problem.get("line").asInt()).isEqualTo(15_000);
        assertThat(problem.get("column").asString()).isEqualTo("price");
        assertThat(problem.get("value").asString()).isEqualTo("cheap");
        assertThat(problem.get("rule").asString()).isEqualTo("must be from 0.00 to 1000000 with at most 2 decimals");
        assertThat(count()).isZero();
        assertThat(json.readTree(get("/imports/bad")).get("state").asString()).isEqualTo("failed");
    }

    /** The reader is some chunks ahead of the rules, and finds the second bad row before the rules come to the first. */
    @ParameterizedTest
    @ValueSource(strings = {"T-392,n,1.00", "T-392,n,1.00,\"1"})
    void of_two_bad_rows_the_first_of_the_file_is_named(String second) throws Exception {
        StringBuilder csv = new StringBuilder(HEADER);
        for (int line = 2; line <= 500; line++) {
            csv.append(
                            switch (line) {
                                case 3 -> "T-3,n,cheap,1";
                                case 392 -> second;
                                default -> "T-" + line + ",n,1.00,1";
                            })
                    .append('\n');
        }

        HttpResponse<String> response = post("two-bad", csv.toString());

        assertThat(response.statusCode()).isEqualTo(422);
        JsonNode problem = json.readTree(response.body());
        assertThat(problem.get("line").asInt()).isEqualTo(3);
        assertThat(problem.get("value").asString()).isEqualTo("cheap");
    }

    @Test
    void the_id_of_an_import_that_has_ended_may_be_used_again() throws Exception {
        assertThat(post("again", HEADER + "a,b,cheap,1\n").statusCode()).isEqualTo(422);

        assertThat(post("again", HEADER + "a,b,1.00,1\n").statusCode()).isEqualTo(201);

        assertThat(post("again", HEADER + "c,d,2.00,1\n").statusCode()).isEqualTo(201);
        assertThat(json.readTree(get("/imports/again")).get("saved").asInt()).isOne();
        assertThat(count()).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "''                                         | 1 | row   | must be the header sku,name,price,stock",
                "sku,name,price                             | 1 | row   | must be the header sku,name,price,stock",
                "sku,name,price,stock~a,b,1                 | 2 | row   | must have 4 fields and has 3",
                "sku,name,price,stock~a,b,1,2,3             | 2 | row   | must have 4 fields and has 5",
                "sku,name,price,stock~a b,b,1,2             | 2 | sku   | must be 1 to 32 letters, digits or hyphens",
                "sku,name,price,stock~,b,1,2                | 2 | sku   | must be 1 to 32 letters, digits or hyphens",
                "sku,name,price,stock~a,,1,2                | 2 | name  | must be 1 to 200 characters without control characters",
                "sku,name,price,stock~a,b,-1,2              | 2 | price | must be from 0.00 to 1000000 with at most 2 decimals",
                "sku,name,price,stock~a,b,1.234,2           | 2 | price | must be from 0.00 to 1000000 with at most 2 decimals",
                "sku,name,price,stock~a,b,1000000.01,2      | 2 | price | must be from 0.00 to 1000000 with at most 2 decimals",
                "sku,name,price,stock~a,b,1,1.5             | 2 | stock | must be a whole number from 0 to 1000000",
                "sku,name,price,stock~a,b,1,1000001         | 2 | stock | must be a whole number from 0 to 1000000",
                "sku,name,price,stock~~a,\"x, y\",1,2~b,c,1,x| 4 | stock | must be a whole number from 0 to 1000000",
                "sku,name,price,stock~a,b,1,2~c,\"d,1,2     | 3 | row   | must be CSV, with every quote closed and at most 65536 characters"
            })
    void each_broken_rule_is_named_with_line_and_column(String csv, int line, String column, String rule)
            throws Exception {
        HttpResponse<String> response =
                post("rule-" + System.nanoTime(), csv.replace('~', '\n').replace("''", ""));

        assertThat(response.statusCode()).isEqualTo(422);
        JsonNode problem = json.readTree(response.body());
        assertThat(problem.get("rule").asString()).isEqualTo(rule);
        assertThat(problem.get("line").asInt()).isEqualTo(line);
        assertThat(problem.get("column").asString()).isEqualTo(column);
        assertThat(count()).isZero();
    }

    @Test
    void a_file_that_is_not_utf_8_is_refused() throws Exception {
        byte[] latin1 = (HEADER + "a,Käse,1.00,1\n").getBytes(StandardCharsets.ISO_8859_1);
        HttpRequest request = HttpRequest.newBuilder(uri("/imports"))
                .header("Content-Type", "text/csv")
                .POST(BodyPublishers.ofByteArray(latin1))
                .build();

        HttpResponse<String> response = http.send(request, BodyHandlers.ofString());

        assertThat(response.statusCode()).isEqualTo(422);
        assertThat(json.readTree(response.body()).get("rule").asString()).startsWith("must be UTF-8");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void an_import_that_is_cancelled_in_the_middle_saves_nothing_and_the_next_one_works(boolean interrupting)
            throws Exception {
        for (int round = 0; round < 5; round++) {
            ImportProgress progress = new ImportProgress();
            try (ErrGroup group = groups.open("import", options -> options.interruptOnCancel(interrupting));
                    EndlessCsv csv = new EndlessCsv()) {
                pipeline.start(group, csv, progress);
                Awaitility.await().until(() -> progress.saved() >= 2_000);

                group.cancel();

                // An interrupt closes the socket to PostgreSQL under a virtual thread. Spring then throws that the
                // rollback
                // failed, and not what caused the rollback. Therefore the application does not interrupt.
                var ended = assertThatThrownBy(group::await).isInstanceOf(ErrGroupException.class);
                if (!interrupting) {
                    ended.hasCauseInstanceOf(CancellationException.class);
                }
                assertThat(group.context().reason()).isEqualTo(CancelReason.EXPLICIT);
            }
            assertThat(count()).isZero();
        }

        try (ErrGroup group = groups.open("import")) {
            pipeline.start(
                    group,
                    new ByteArrayInputStream((HEADER + "a,b,1,1\n").getBytes(StandardCharsets.UTF_8)),
                    new ImportProgress());
            group.await();
        }
        assertThat(count()).isOne();
    }

    @Test
    void a_client_can_watch_the_progress_of_an_import_and_cancel_it() throws Exception {
        try (EndlessCsv csv = new EndlessCsv()) {
            HttpRequest request = HttpRequest.newBuilder(uri("/imports?id=watched"))
                    .header("Content-Type", "text/csv")
                    .POST(BodyPublishers.ofInputStream(() -> csv))
                    .build();
            CompletableFuture<HttpResponse<String>> response = http.sendAsync(request, BodyHandlers.ofString());
            Awaitility.await()
                    .ignoreExceptions()
                    .until(() ->
                            json.readTree(get("/imports/watched")).get("saved").asInt() > 0);
            assertThat(post("watched", HEADER).statusCode())
                    .as("its id, while it runs")
                    .isEqualTo(409);

            http.send(HttpRequest.newBuilder(uri("/imports/watched")).DELETE().build(), BodyHandlers.discarding());
            Awaitility.await()
                    .until(() -> json.readTree(get("/imports/watched"))
                            .get("state")
                            .asString()
                            .equals("cancelled"));
            csv.end();

            assertThat(response.get().statusCode()).isEqualTo(409);
            assertThat(count()).isZero();
        }
    }

    private long count() {
        return jdbc.sql("SELECT COUNT(*) FROM product").query(Long.class).single();
    }

    private URI uri(String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }

    private String get(String path) throws IOException, InterruptedException {
        return http.send(HttpRequest.newBuilder(uri(path)).build(), BodyHandlers.ofString())
                .body();
    }

    private HttpResponse<String> post(String id, String csv) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(uri("/imports?id=" + id))
                .header("Content-Type", "text/csv")
                .POST(BodyPublishers.ofString(csv))
                .build();
        return http.send(request, BodyHandlers.ofString());
    }
}
