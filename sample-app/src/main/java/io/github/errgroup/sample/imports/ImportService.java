package io.github.errgroup.sample.imports;

import io.github.errgroup.CancelReason;
import io.github.errgroup.ErrGroup;
import io.github.errgroup.ErrGroupException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.stereotype.Service;

/** Imports files of products. Thread-safe. */
@Service
class ImportService {
    /** A template, configured as {@code errgroup.groups.import}: each import opens a group of its own from it. */
    private final ErrGroup template;

    private final ImportPipeline pipeline;

    private final ImportLog log;

    ImportService(@Qualifier("import") ErrGroup template, ImportPipeline pipeline, ImportLog log) {
        this.template = template;
        this.pipeline = pipeline;
        this.log = log;
    }

    /**
     * Imports a file: all of it, or nothing. Blocks until it has ended.
     *
     * @param id not the id of a running import
     * @param csv the file
     * @return how it ended
     * @throws InterruptedException if the thread was interrupted while it waited; nothing was saved
     * @throws ErrGroupException if it failed or was cancelled; nothing was saved. Its cause is a {@link BadRowException}
     *     for the first bad row, an {@code IOException} if the file could not be read, or what cancelled the group
     */
    ImportView run(String id, InputStream csv) throws InterruptedException {
        try (ErrGroup group = template.fresh()) {
            Import running = new Import(id, group);
            log.add(running);
            // These stay if this thread is interrupted.
            Import.State state = Import.State.CANCELLED;
            @Nullable String failure = "interrupted";
            try {
                pipeline.start(group, csv, running.progress());
                group.await();
                state = Import.State.SUCCEEDED;
                failure = null;
            } catch (ErrGroupException e) {
                state = group.context().reason() == CancelReason.FAILURE ? Import.State.FAILED : Import.State.CANCELLED;
                Throwable cause = e.getCause();
                failure = cause == null ? e.getMessage() : cause.getMessage();
                throw e;
            } finally {
                running.end(state, failure);
            }
            return running.view();
        }
    }
}
