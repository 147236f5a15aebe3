package io.github.errgroup.sample.imports;

import io.github.errgroup.sample.web.BadInputException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** The imports that run and the last ones that ended. Thread-safe; {@code imports} is used under this object's lock. */
@Component
class ImportLog {
    private static final int MAX = 100;

    private final Map<String, Import> imports = new LinkedHashMap<>();

    /**
     * Adds one in the place of an ended one of its id, and forgets the eldest that has ended if there are too many.
     *
     * @throws BadInputException if one of its id runs
     */
    synchronized void add(Import added) {
        Import old = imports.get(added.id());
        if (old != null && old.isRunning()) {
            throw BadInputException.conflict("id", added.id(), "must be of no import that runs");
        }
        imports.remove(added.id()); // so that it is the youngest
        imports.put(added.id(), added);
        if (imports.size() > MAX) {
            imports.values().stream()
                    .filter(ended -> !ended.isRunning())
                    .findFirst()
                    .ifPresent(ended -> imports.remove(ended.id()));
        }
    }

    synchronized @Nullable Import find(String id) {
        return imports.get(id);
    }

    synchronized List<ImportView> views() {
        return imports.values().stream().map(Import::view).toList();
    }
}
