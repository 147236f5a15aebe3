package io.github.errgroup.sample.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;

/** Uses a plain socket, since an HTTP client does not send the headers that an attacker's browser sends. */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
class RequestGuardTest {
    private static final int HUNDRED_MEGABYTES = 100 * 1024 * 1024;

    @LocalServerPort
    private int port;

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "LOCALHOST", "127.0.0.1", "[::1]"})
    void every_name_of_this_machine_is_answered(String host) throws IOException {
        assertThat(get("/imports", "Host: " + host + ":" + port)).startsWith("HTTP/1.1 200");
    }

    /** DNS rebinding: the attacker's page has the attacker's host, whose name now leads to this machine. */
    @ParameterizedTest
    @ValueSource(strings = {"/", "/imports", "/actuator", "/actuator/errgroups"})
    void another_host_is_refused_whatever_the_path(String path) throws IOException {
        assertThat(get(path, "Host: attacker.example:" + port))
                .startsWith("HTTP/1.1 403")
                .contains("application/problem+json")
                .contains("Host 'attacker.example': must be one of 127.0.0.1, [::1], localhost");
    }

    @Test
    void another_host_does_not_reach_the_actuators_post() throws IOException {
        assertThat(send(
                        "POST /actuator/errgroups/quote",
                        "{\"limit\":1}",
                        "Host: attacker.example:" + port,
                        "Content-Type: application/json"))
                .startsWith("HTTP/1.1 403");
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://attacker.example", "https://127.0.0.1:%d", "http://127.0.0.1:1", "null", ":::"})
    void another_origin_is_refused(String origin) throws IOException {
        String header = "Origin: " + String.format(origin, port);

        assertThat(send(
                        "POST /actuator/errgroups/quote",
                        "{\"limit\":1}",
                        host(),
                        header,
                        "Content-Type: application/json"))
                .startsWith("HTTP/1.1 403")
                .contains("must be this application's own, or none");
        assertThat(send("POST /imports", "sku,name,price,stock\n", host(), header, "Content-Type: text/csv"))
                .startsWith("HTTP/1.1 403");
    }

    @Test
    void the_pages_own_origin_is_answered() throws IOException {
        assertThat(get("/imports", host(), "Origin: http://127.0.0.1:" + port)).startsWith("HTTP/1.1 200");
    }

    @ParameterizedTest
    @CsvSource({"/,200", "/app.js,200", "/actuator/health,200", "/nothing,404"})
    void no_answer_is_framed_or_sniffed(String path, int status) throws IOException {
        assertThat(get(path, host()))
                .startsWith("HTTP/1.1 " + status)
                .contains("Content-Security-Policy: default-src 'self'; frame-ancestors 'none'")
                .contains("X-Content-Type-Options: nosniff");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/fetches", "/runs", "/actuator/errgroups/quote", "/nothing"})
    void a_body_that_is_too_large_is_refused_before_it_is_sent(String path) throws IOException {
        assertThat(send(
                        "POST " + path,
                        "{",
                        host(),
                        "Content-Type: application/json",
                        "Content-Length: " + HUNDRED_MEGABYTES))
                .startsWith("HTTP/1.1 413")
                .contains("application/problem+json")
                .contains("must be at most 4194304, which is sample.web.max-body");
    }

    @Test
    void a_body_whose_end_is_unknown_is_refused() throws IOException {
        assertThat(send(
                        "POST /fetches",
                        "1\r\n{\r\n",
                        host(),
                        "Content-Type: application/json",
                        "Transfer-Encoding: chunked"))
                .startsWith("HTTP/1.1 411")
                .contains("must have a Content-Length");
    }

    @Test
    void csv_may_be_of_unknown_length() throws IOException {
        assertThat(send(
                        "POST /imports",
                        "5\r\nwrong\r\n0\r\n\r\n",
                        host(),
                        "Content-Type: text/csv",
                        "Transfer-Encoding: chunked"))
                .startsWith("HTTP/1.1 422");
    }

    private String host() {
        return "Host: 127.0.0.1:" + port;
    }

    private String get(String path, String... headers) throws IOException {
        return send("GET " + path, "", headers);
    }

    /** Sends the headers and the beginning of a body, and reads the whole answer. */
    private String send(String request, String body, String... headers) throws IOException {
        StringBuilder head = new StringBuilder(request + " HTTP/1.1\r\nConnection: close\r\n");
        for (String header : headers) {
            head.append(header).append("\r\n");
        }
        String all = String.join("", headers);
        if (!body.isEmpty() && !all.contains("Content-Length") && !all.contains("Transfer-Encoding")) {
            head.append("Content-Length: ").append(body.length()).append("\r\n");
        }
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(20_000);
            OutputStream out = socket.getOutputStream();
            out.write((head + "\r\n" + body).getBytes(StandardCharsets.UTF_8));
            out.flush();
            socket.shutdownOutput();
            return new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8))
                    .lines()
                    .collect(Collectors.joining("\n"));
        }
    }
}
