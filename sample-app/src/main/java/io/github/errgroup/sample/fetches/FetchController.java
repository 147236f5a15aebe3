package io.github.errgroup.sample.fetches;

import io.github.errgroup.ErrGroup;
import io.github.errgroup.Subtask;
import io.github.errgroup.sample.web.EventStream;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.json.JsonMapper;

/** {@code POST /fetches}: as one answer, or as a stream of events. */
@RestController
class FetchController {
    /** Only {@link #stream} needs a group: it asks Spring for a new one, {@code errgroup.groups.fetch-stream}. */
    private final ObjectProvider<ErrGroup> streams;

    private final FetchService fetches;

    private final JsonMapper json;

    FetchController(
            @Qualifier("fetch-stream") ObjectProvider<ErrGroup> streams, FetchService fetches, JsonMapper json) {
        this.streams = streams;
        this.fetches = fetches;
        this.json = json;
    }

    @PostMapping(path = "/fetches", consumes = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<?> fetch(@RequestBody FetchRequest request) throws InterruptedException {
        FetchPlan plan = FetchPlan.of(request);
        FetchReport report = fetches.fetch(plan, result -> {});
        if (report.cause() == null || !plan.cancelOnError() && !report.timedOut()) {
            return ResponseEntity.ok(report);
        }
        return ResponseEntity.of(problem(report)).build();
    }

    /**
     * The same as a stream: an event {@code fetched} for each URL that has ended, then {@code report}. A task fetches, and
     * this thread writes. If the tasks wrote, a cancelled one could close the connection to the client, and a slow client
     * would delay the fetching.
     */
    @PostMapping(
            path = "/fetches",
            consumes = MediaType.APPLICATION_JSON_VALUE,
            produces = MediaType.TEXT_EVENT_STREAM_VALUE)
    void stream(@RequestBody FetchRequest request, HttpServletResponse response)
            throws IOException, InterruptedException {
        FetchPlan plan = FetchPlan.of(request);
        BlockingQueue<FetchResult> progress = new LinkedBlockingQueue<>();
        EventStream events = EventStream.open(response, json);
        try (ErrGroup group = streams.getObject()) {
            Subtask<FetchReport> report = group.go("fetch", () -> fetches.fetch(plan, progress::add));
            try {
                while (!report.state().isEnded() || !progress.isEmpty()) {
                    @Nullable FetchResult next = progress.poll(100, TimeUnit.MILLISECONDS);
                    if (next != null) {
                        events.send("fetched", next);
                    } else {
                        events.beat();
                    }
                }
            } catch (IOException gone) {
                // The client has gone, and nobody needs the rest.
                group.cancel(gone);
                throw gone;
            }
            group.await();
            events.send("report", report.get());
        }
    }

    private static ProblemDetail problem(FetchReport report) {
        ProblemDetail problem;
        String first = report.firstFailure();
        if (report.cause() instanceof RefusedAddressException) {
            problem = ProblemDetail.forStatusAndDetail(
                    HttpStatus.BAD_REQUEST, "url '" + first + "': " + RefusedAddressException.RULE);
            problem.setProperty("rule", RefusedAddressException.RULE);
        } else if (first != null) {
            problem = ProblemDetail.forStatusAndDetail(
                    HttpStatus.BAD_GATEWAY, "url '" + first + "' failed first and cancelled the rest");
        } else if (report.timedOut()) {
            problem = ProblemDetail.forStatusAndDetail(
                    HttpStatus.GATEWAY_TIMEOUT, "the deadline passed before every URL was fetched");
        } else {
            problem = ProblemDetail.forStatusAndDetail(
                    HttpStatus.SERVICE_UNAVAILABLE, "the fetch was cancelled before it was complete");
        }
        if (first != null) {
            problem.setProperty("firstFailure", first);
        }
        problem.setProperty("results", report.results());
        return problem;
    }
}
