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
     * Adds one, and forgets the eldest that has ended if there are too many.
     *
     * @throws BadInputException if there is one of its id
     */
    synchronized void add(Import added) {
        if (imports.putIfAbsent(added.id(), added) != null) {
            throw BadInputException.conflict("id", added.id(), "must be of no other import");
        }
        if (imports.size() > MAX) {
            imports.values().stream()
                    .filter(old -> !old.isRunning())
                    .findFirst()
                    .ifPresent(old -> imports.remove(old.id()));
        }
    }

    synchronized @Nullable Import find(String id) {
        return imports.get(id);
    }

    synchronized List<ImportView> views() {
        return imports.values().stream().map(Import::view).toList();
    }
}
