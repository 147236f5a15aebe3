package io.github.errgroup.sample.imports;

import io.github.errgroup.ErrGroup;
import java.io.InputStream;
import java.util.List;
import org.springframework.stereotype.Component;

/** The three stages. Thread-safe. */
@Component
public class ImportPipeline {
    /** Rows that go from stage to stage, and into the database, together. */
    private static final int CHUNK = 500;

    /** Chunks that may wait between two stages: enough to even out their speed, and a small part of the heap. */
    private static final int CAPACITY = 4;

    private final ProductStore store;

    ImportPipeline(ProductStore store) {
        this.store = store;
    }

    /**
     * Starts the stages. Every stage is a task, reading too: when a stage fails, the group cancels its tasks, but does not
     * wake its caller from a full queue or a blocked read.
     *
     * @param group its limit must be at least three, or none, since the stages wait for each other
     * @param csv the file, which the first stage reads
     * @param progress counts the rows that went through each stage
     */
    public void start(ErrGroup group, InputStream csv, ImportProgress progress) {
        Pipe<List<RawRow>> raw = new Pipe<>(CAPACITY, group.context());
        Pipe<List<ProductRow>> checked = new Pipe<>(CAPACITY, group.context());
        group.go("preprocess", () -> new RowReader(progress).read(csv, raw, CHUNK));
        group.go("validate", () -> new RowRules(progress).check(raw, checked));
        group.go("save", () -> store.save(checked, progress));
    }
}
