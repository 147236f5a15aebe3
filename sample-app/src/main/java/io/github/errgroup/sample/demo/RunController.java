package io.github.errgroup.sample.demo;

import io.github.errgroup.GroupSnapshot;
import io.github.errgroup.sample.demo.Runs.Run;
import io.github.errgroup.sample.web.EventStream;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.json.JsonMapper;

/** {@code /runs}: what the page calls. */
@RestController
@RequestMapping("/runs")
class RunController {
    private static final long WAIT_MILLIS = 500;

    private final Runs runs;

    private final JsonMapper json;

    RunController(Runs runs, JsonMapper json) {
        this.runs = runs;
        this.json = json;
    }

    @PostMapping(consumes = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<View> start(@RequestBody RunPlan.Request request) {
        Run run = runs.start(RunPlan.of(request));
        return ResponseEntity.created(URI.create("/runs/" + run.id())).body(View.of(run));
    }

    @GetMapping("/{id}")
    View one(@PathVariable String id) {
        return View.of(runs.get(id));
    }

    /** The events, from the first one or from where a broken connection left off, until the run has ended. */
    @GetMapping(path = "/{id}/events", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
    void events(
            @PathVariable String id,
            @RequestHeader(name = "Last-Event-ID", required = false) @Nullable Integer lastEventId,
            HttpServletResponse response)
            throws IOException, InterruptedException {
        RunRecorder recorder = runs.get(id).recorder();
        int next = lastEventId == null || lastEventId < 0 ? 0 : lastEventId + 1;
        EventStream stream = EventStream.open(response, json);
        while (recorder.hasMore(next)) {
            for (RunEvent event : recorder.await(next, WAIT_MILLIS)) {
                stream.send(next++, event.type(), event);
            }
            stream.beat();
        }
    }

    /** Changes the limit while it runs. */
    @PatchMapping(path = "/{id}", consumes = MediaType.APPLICATION_JSON_VALUE)
    View retune(@PathVariable String id, @RequestBody Change change) {
        Run run = runs.get(id);
        int limit = change.limit() == null ? 0 : change.limit();
        RunPlan.checkLimit(run.plan().scenario(), limit);
        run.group().setLimit(limit);
        run.recorder().limit(limit);
        return View.of(run);
    }

    /** Cancels the run. No effect if it has ended. */
    @DeleteMapping("/{id}")
    View cancel(@PathVariable String id) {
        Run run = runs.get(id);
        run.group().cancel();
        return View.of(run);
    }

    /** What to change. */
    record Change(@Nullable Integer limit) {}

    /**
     * A run as JSON has it.
     *
     * @param id in its URL
     * @param group the name of its group
     * @param phase where the group is in its life
     * @param limit how many at once; -1 for no limit
     * @param submitted tasks so far
     * @param rows of an import: read, validated, saved
     */
    record View(String id, String group, String phase, int limit, long submitted, long[] rows) {
        static View of(Run run) {
            GroupSnapshot now = run.group().snapshot();
            return new View(
                    run.id(),
                    now.name(),
                    now.phase().name().toLowerCase(Locale.ROOT),
                    now.limit(),
                    now.submitted(),
                    new long[] {
                        run.progress().read(),
                        run.progress().validated(),
                        run.progress().saved()
                    });
        }
    }
}
