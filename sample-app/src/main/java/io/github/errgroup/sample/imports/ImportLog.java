package io.github.errgroup.sample.imports;

import io.github.errgroup.sample.web.BadInputException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** The running imports and the last ended ones. Thread-safe; {@code imports} is read and written under this object's lock. */
@Component
class ImportLog {
    private static final int MAX = 100;

    private final Map<String, Import> imports = new LinkedHashMap<>();

    /**
     * Adds an import. An ended one of the same id is replaced. If there are too many, the oldest ended one is forgotten.
     *
     * @throws BadInputException if an import of the same id is running
     */
    synchronized void add(Import added) {
        Import old = imports.get(added.id());
        if (old != null && old.isRunning()) {
            throw BadInputException.conflict("id", added.id(), "must not be the id of a running import");
        }
        imports.remove(added.id()); // so that it becomes the youngest
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
