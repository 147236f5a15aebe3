package io.github.errgroup.sample.runs;

import io.github.errgroup.sample.web.BadInputException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.stereotype.Component;

/** The runs that run and the last ones that ended. Thread-safe; {@code runs} is used under this object's lock. */
@Component
class RunLog {
    private static final int MAX = 20;

    private final Map<String, Run> runs = new LinkedHashMap<>();

    /** Adds one, and forgets the eldest that has ended if there are too many. */
    synchronized void add(Run run) {
        runs.put(run.id(), run);
        if (runs.size() > MAX) {
            runs.values().stream()
                    .filter(old -> !old.recorder().isRunning())
                    .findFirst()
                    .ifPresent(old -> runs.remove(old.id()));
        }
    }

    synchronized Run get(String id) {
        Run run = runs.get(id);
        if (run == null) {
            throw BadInputException.notFound("id", id, "must be of one of the last " + MAX + " runs");
        }
        return run;
    }
}
