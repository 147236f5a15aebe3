package io.github.errgroup.spring.autoconfigure;

import io.github.errgroup.spring.autoconfigure.ErrGroupProperties.ExecutorType;
import io.github.errgroup.spring.autoconfigure.ErrGroupProperties.GroupExecutor;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where tasks of one name run, as the properties say it.
 *
 * @param property the prefix of the properties that chose type or bean, for messages
 * @param type which threads; of no matter if there is a bean
 * @param bean the Executor bean's name; null for none
 * @param threadNamePrefix what the names of our own threads begin with
 * @param reuseThreads null means only where a limit was chosen
 * @param starvationTimeout above zero
 */
record ExecutorChoice(
        String property,
        ExecutorType type,
        @Nullable String bean,
        String threadNamePrefix,
        @Nullable Boolean reuseThreads,
        Duration starvationTimeout) {

    /** Type and bean are one choice: a level that makes it leaves nothing of the level above. */
    ExecutorChoice refinedBy(String ownProperty, GroupExecutor own) {
        boolean chosen = own.type() != null || own.bean() != null;
        return new ExecutorChoice(
                chosen ? ownProperty : property,
                own.type() != null ? own.type() : type,
                chosen ? own.bean() : bean,
                Objects.requireNonNullElse(own.threadNamePrefix(), threadNamePrefix),
                own.reuseThreads() != null ? own.reuseThreads() : reuseThreads,
                Objects.requireNonNullElse(own.starvationTimeout(), starvationTimeout));
    }
}
