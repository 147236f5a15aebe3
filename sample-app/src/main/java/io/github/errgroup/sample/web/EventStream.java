package io.github.errgroup.sample.web;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.json.JsonMapper;

/**
 * Server-sent events, written on the thread of the request. That is simple, and on a virtual thread it is cheap.
 * Not thread-safe.
 */
public final class EventStream {
    private static final long BEAT_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final HttpServletResponse response;

    private final ServletOutputStream out;

    private final JsonMapper json;

    private long lastWrite = System.nanoTime();

    private EventStream(HttpServletResponse response, JsonMapper json) throws IOException {
        this.response = response;
        this.out = response.getOutputStream();
        this.json = json;
    }

    /**
     * Starts the answer.
     *
     * @param response not yet committed
     * @param json how to write data
     * @return the stream
     * @throws IOException if the reader has gone
     */
    public static EventStream open(HttpServletResponse response, JsonMapper json) throws IOException {
        response.setContentType("text/event-stream;charset=UTF-8");
        response.setHeader("Cache-Control", "no-store");
        EventStream stream = new EventStream(response, json);
        response.flushBuffer();
        return stream;
    }

    /**
     * Sends an event.
     *
     * @param event its name
     * @param data its data, sent as JSON on one line
     * @throws IOException if the reader has gone
     */
    public void send(String event, Object data) throws IOException {
        write("event: " + event + "\ndata: " + json.writeValueAsString(data) + "\n\n");
    }

    /**
     * Sends an event with an id: a reader whose connection broke resumes after it.
     *
     * @param id what the reader will send as {@code Last-Event-ID}
     * @param event its name
     * @param data its data, sent as JSON on one line
     * @throws IOException if the reader has gone
     */
    public void send(long id, String event, Object data) throws IOException {
        write("id: " + id + "\nevent: " + event + "\ndata: " + json.writeValueAsString(data) + "\n\n");
    }

    /**
     * Sends a comment if nothing was sent for a second, since only a write notices that the reader has gone.
     *
     * @throws IOException if the reader has gone
     */
    public void beat() throws IOException {
        if (System.nanoTime() - lastWrite >= BEAT_NANOS) {
            write(":\n\n");
        }
    }

    private void write(String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
        response.flushBuffer();
        lastWrite = System.nanoTime();
    }
}
