package io.github.errgroup.sample.runs;

import io.github.errgroup.sample.web.BadInputException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.stereotype.Component;

/** The last runs. Thread-safe; {@code runs} is used under this object's lock. */
@Component
class RunLog {
    private static final int MAX = 20;

    private final Map<String, Run> runs = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Run> eldest) {
            return size() > MAX;
        }
    };

    synchronized void add(Run run) {
        runs.put(run.id(), run);
    }

    synchronized Run get(String id) {
        Run run = runs.get(id);
        if (run == null) {
            throw BadInputException.notFound("id", id, "must be of one of the last " + MAX + " runs");
        }
        return run;
    }
}
