package io.github.errgroup.sample.fetches;

import io.github.errgroup.CancelReason;
import io.github.errgroup.ErrGroup;
import io.github.errgroup.ErrGroupException;
import io.github.errgroup.ErrGroups;
import io.github.errgroup.Subtask;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;

/** Fetches many URLs at once, within a limit. Thread-safe. */
@Service
class FetchService {
    private final ErrGroups groups;

    private final WebFetcher fetcher;

    FetchService(ErrGroups groups, WebFetcher webFetcher) {
        this.groups = groups;
        this.fetcher = webFetcher;
    }

    /**
     * Fetches. Blocks until all URLs have ended; ends early if the thread is interrupted, or is in a task that is cancelled.
     *
     * @param plan what to fetch
     * @param progress called by the tasks, for each URL that was fetched or failed; must not block
     * @return how each of them ended, failures included
     * @throws InterruptedException if the thread was interrupted while it waited
     */
    FetchReport fetch(FetchPlan plan, Consumer<FetchResult> progress) throws InterruptedException {
        List<URI> urls = plan.urls();
        List<Subtask<FetchResult>> tasks = new ArrayList<>(urls.size());
        try (ErrGroup group = groups.open("fetch", plan::applyTo)) {
            for (int i = 0; i < urls.size(); i++) {
                int index = i;
                URI url = urls.get(i);
                tasks.add(group.go("urls[" + i + "]", () -> fetch(group, plan, index, url, progress)));
            }
            @Nullable ErrGroupException failure = await(group);
            return report(urls, tasks, failure);
        }
    }

    private FetchResult fetch(ErrGroup group, FetchPlan plan, int index, URI url, Consumer<FetchResult> progress)
            throws IOException {
        try {
            Fetched fetched = fetcher.fetch(url, group.context());
            if (plan.errorStatusFails() && fetched.status() >= 400) {
                throw new ErrorStatusException(fetched.status());
            }
            FetchResult result = FetchResult.of(index, url, fetched);
            progress.accept(result);
            return result;
        } catch (IOException e) {
            if (!group.context().isCancelled()) {
                progress.accept(FetchResult.of(index, url, Subtask.State.FAILED, reason(e)));
            }
            throw e;
        }
    }

    private static @Nullable ErrGroupException await(ErrGroup group) throws InterruptedException {
        try {
            group.await();
            return null;
        } catch (ErrGroupException e) {
            return e;
        }
    }

    private static FetchReport report(
            List<URI> urls, List<Subtask<FetchResult>> tasks, @Nullable ErrGroupException failure) {
        List<FetchResult> results = new ArrayList<>(tasks.size());
        for (int i = 0; i < tasks.size(); i++) {
            Subtask<FetchResult> task = tasks.get(i);
            results.add(
                    task.state() == Subtask.State.SUCCEEDED
                            ? task.get()
                            : FetchResult.of(i, urls.get(i), task.state(), reason(task.exception())));
        }
        if (failure == null) {
            return new FetchReport(results, null, false, null);
        }
        String first =
                failure.index() < 0 ? null : urls.get((int) failure.index()).toString();
        return new FetchReport(results, first, failure.reason() == CancelReason.TIMEOUT, failure.getCause());
    }

    private static @Nullable String reason(@Nullable Throwable failure) {
        if (failure == null) {
            return null;
        }
        String message = failure.getMessage();
        return message == null ? failure.getClass().getSimpleName() : message;
    }
}
