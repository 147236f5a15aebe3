package io.github.errgroup;

import static java.time.Duration.ofSeconds;
import static java.util.Collections.nCopies;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.UnixOperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The eleven scenarios of <a href="https://github.com/jamesward/easyracer">easyracer</a>, which compares how languages and
 * libraries race requests, cancel the losers and close their connections (N9). Each test is one scenario and its solution.
 * Its last line asks the server how many requests were given up, and the server tells only when none is left.
 */
@Tag("slow")
class EasyRacerTest {
    /** Each needs a file at both ends of its connection, and a platform thread where there are no virtual ones. */
    private static final int RACERS = Math.min(TaskThreads.virtualThreadsSupported() ? 10_000 : 1_000, freeFiles() / 2);

    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(Version.HTTP_1_1).build();

    private final RaceServer server = new RaceServer(RACERS);

    private final ErrGroups groups = ErrGroups.of(o -> o.listener(server));

    EasyRacerTest() throws IOException {}

    @AfterEach
    void stop() {
        server.close();
    }

    private HttpResponse<String> send(String path) throws IOException, InterruptedException {
        return CLIENT.send(HttpRequest.newBuilder(server.uri(path)).build(), BodyHandlers.ofString());
    }

    private String get(String path) throws IOException, InterruptedException {
        HttpResponse<String> response = send(path);
        if (response.statusCode() != 200) {
            throw new IOException(path + " answered " + response.statusCode());
        }
        return response.body();
    }

    @Test
    void scenario_1_two_requests_race() throws Exception {
        String answer = groups.any("race", List.of("/1", "/1"), this::get);

        assertThat(answer).isEqualTo("right");
        assertThat(server.givenUp()).isEqualTo(1);
    }

    @Test
    void scenario_2_a_connection_that_breaks_loses() throws Exception {
        String answer = groups.any("race", List.of("/2", "/2"), this::get);

        assertThat(answer).isEqualTo("right");
        assertThat(server.givenUp()).isZero();
    }

    @Test
    void scenario_3_ten_thousand_requests_race() throws Exception {
        String answer = groups.any("race", nCopies(RACERS, "/3"), this::get);

        assertThat(answer).isEqualTo("right");
        assertThat(server.givenUp()).isEqualTo(RACERS - 1);
    }

    @Test
    void scenario_4_one_of_two_requests_has_a_second() throws Exception {
        ErrGroups hurried = ErrGroups.of(o -> o.timeout(ofSeconds(1)));
        List<TaskBody<String>> racers =
                List.of(() -> get("/4"), () -> hurried.any("one of its own", List.of("/4"), this::get));
        String answer = groups.any("race", racers, TaskBody::call);

        assertThat(answer).isEqualTo("right");
        assertThat(server.givenUp()).isEqualTo(1);
    }

    @Test
    void scenario_5_another_status_than_200_loses() throws Exception {
        String answer = groups.any("race", List.of("/5", "/5"), this::get);

        assertThat(answer).isEqualTo("right");
        assertThat(server.givenUp()).isZero();
    }

    @Test
    void scenario_6_another_status_than_200_loses_to_one_of_two() throws Exception {
        String answer = groups.any("race", List.of("/6", "/6", "/6"), this::get);

        assertThat(answer).isEqualTo("right");
        assertThat(server.givenUp()).isEqualTo(1);
    }

    @Test
    void scenario_7_a_second_request_starts_if_the_first_takes_long() throws Exception {
        List<Duration> starts = List.of(Duration.ZERO, RaceServer.HEDGE.multipliedBy(6));
        String answer = groups.any("race", starts, start -> {
            Thread.sleep(start.toMillis());
            return get("/7");
        });

        assertThat(answer).isEqualTo("right");
        assertThat(server.givenUp()).isEqualTo(1);
    }

    @Test
    void scenario_8_what_a_racer_opens_it_closes_be_it_a_winner_or_a_loser() throws Exception {
        String answer = groups.any("race", List.of("/8", "/8"), path -> {
            String id = get(path + "?open");
            try {
                return get(path + "?use=" + id);
            } finally {
                get(path + "?close=" + id);
            }
        });

        assertThat(answer).isEqualTo("right");
        assertThat(server.givenUp()).isZero(); // and nothing is left open
    }

    @Test
    void scenario_9_five_letters_of_ten_answers_in_the_order_in_which_they_come() throws Exception {
        List<String> letters = groups.any("letters", 5, nCopies(10, "/9"), this::get);

        assertThat(letters).containsExactly("r", "i", "g", "h", "t");
        assertThat(server.givenUp()).isZero();
    }

    @Test
    void scenario_10_a_computation_is_cancelled_when_its_connection_ends() throws Exception {
        LongAdder hashes = new LongAdder();
        ErrGroups computing =
                ErrGroups.of(o -> o.threads(TaskThreads.platform("compute-"))); // a virtual one would not give way
        List<TaskBody<String>> connected = List.of(() -> get("/10?me"), () -> hash(hashes));
        List<TaskBody<String>> parts =
                List.of(() -> computing.any("part 1", connected, TaskBody::call), () -> report("/10?me=", hashes));
        List<String> answers = groups.map("both parts", parts, TaskBody::call);

        assertThat(answers).containsExactly("the end", "right");
        assertThat(server.givenUp()).isZero();
    }

    private static String hash(LongAdder hashes) throws GeneralSecurityException, InterruptedException {
        MessageDigest sha512 = MessageDigest.getInstance("SHA-512");
        byte[] hash = new byte[512];
        while (!Thread.interrupted()) {
            hash = sha512.digest(hash);
            hashes.increment();
        }
        throw new InterruptedException();
    }

    /** Tells again and again what was computed meanwhile, until the server knows enough. */
    private String report(String path, LongAdder hashes) throws IOException, InterruptedException {
        long told = 0;
        HttpResponse<String> response;
        do {
            Thread.sleep(10);
            long now = hashes.sum();
            response = send(path + (now - told));
            told = now;
        } while (response.statusCode() == 302);
        return response.body();
    }

    @Test
    void scenario_11_a_race_that_all_lose_is_a_loser_of_the_race_above() throws Exception {
        List<TaskBody<String>> racers =
                List.of(() -> get("/11"), () -> groups.any("race below", List.of("/11?below", "/11?below"), this::get));
        String answer = groups.any("race", racers, TaskBody::call);

        assertThat(answer).isEqualTo("right");
        assertThat(server.givenUp()).isZero();
    }

    private static int freeFiles() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system
                ? (int) Math.min(Integer.MAX_VALUE, system.getMaxFileDescriptorCount()) - 1_000
                : Integer.MAX_VALUE;
    }
}
