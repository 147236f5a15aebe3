package io.github.errgroup.spring.autoconfigure;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionHandler;
import java.util.concurrent.ThreadPoolExecutor;
import org.jspecify.annotations.Nullable;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;

/** Why an executor is no good place for tasks, though it works. */
final class ExecutorDoubts {
    private ExecutorDoubts() {}

    /** What to warn of, as the end of a sentence that begins with the executor; null if nothing. */
    static @Nullable String about(Executor executor) {
        if (executor instanceof SimpleAsyncTaskExecutor simple && simple.isThrottleActive()) {
            return "is throttled (concurrency limit " + simple.getConcurrencyLimit()
                    + "): it blocks inside execute, where neither tryGo nor cancellation can help."
                    + " Lift its limit and set errgroup.limit";
        }
        ThreadPoolExecutor pool = poolOf(executor);
        if (pool == null) {
            return null;
        }
        RejectedExecutionHandler policy = pool.getRejectedExecutionHandler();
        return policy instanceof ThreadPoolExecutor.DiscardPolicy
                        || policy instanceof ThreadPoolExecutor.DiscardOldestPolicy
                ? "drops tasks silently when it is full (" + policy.getClass().getSimpleName()
                        + "): its group learns of a dropped task only by its starvation timeout."
                        + " Use AbortPolicy or CallerRunsPolicy"
                : null;
    }

    private static @Nullable ThreadPoolExecutor poolOf(Executor executor) {
        if (executor instanceof ThreadPoolTaskExecutor spring) {
            return spring.getThreadPoolExecutor();
        }
        return executor instanceof ThreadPoolExecutor pool ? pool : null;
    }
}
