package io.github.errgroup.sample.demo;

import io.github.errgroup.sample.demo.Runs.Run;
import io.github.errgroup.sample.imports.ImportProgress;
import io.github.errgroup.sample.web.EventStream;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
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
    /** Between two looks at the events: short enough for the eye. */
    private static final long PAUSE_MILLIS = 30;

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
        int next = lastEventId == null ? 0 : Math.max(0, lastEventId + 1);
        EventStream stream = EventStream.open(response, json);
        boolean ended;
        do {
            ended = recorder.hasEnded();
            for (RunEvent event : recorder.from(next)) {
                stream.send(next++, event.type(), event);
            }
            stream.beat();
            Thread.sleep(PAUSE_MILLIS);
        } while (!ended);
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
     * @param limit how many tasks run at once; -1 for no limit
     * @param rows of an import: read, validated, saved
     */
    record View(String id, int limit, long[] rows) {
        static View of(Run run) {
            ImportProgress progress = run.progress();
            return new View(
                    run.id(), run.group().limit(), new long[] {progress.read(), progress.validated(), progress.saved()
                    });
        }
    }
}
