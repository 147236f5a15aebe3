package io.github.errgroup.spring.autoconfigure;

import io.github.errgroup.TaskThreads;
import io.github.errgroup.spring.ErrGroupSettings;
import io.github.errgroup.spring.GroupProperties;
import io.github.errgroup.spring.GroupProperties.ExecutorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionHandler;
import java.util.concurrent.ThreadPoolExecutor;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.core.env.Environment;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;

/** Finds the threads that the properties ask for, and stops the start where there are none. */
final class TaskPlaces {
    /**
     * Where tasks run.
     *
     * @param threads the threads
     * @param virtual whether they are known to be virtual, and so need no limit
     * @param description in words; see {@link ErrGroupSettings#executor()}
     */
    record TaskPlace(TaskThreads threads, boolean virtual, String description) {}

    private static final Log logger = LogFactory.getLog(TaskPlaces.class);

    private static final String BOOTS_EXECUTOR = "applicationTaskExecutor";

    private static final String BOOTS_VIRTUAL_THREADS = "spring.threads.virtual.enabled";

    private final ListableBeanFactory beans;
    private final Environment environment;

    /** Whether Executor beans may be missing that the application has. */
    private final boolean testSlice;

    /** Beans whose fitness was looked at, so that each is warned of once. */
    private final Set<String> examined = ConcurrentHashMap.newKeySet();

    TaskPlaces(ListableBeanFactory beans, Environment environment, boolean testSlice) {
        this.beans = beans;
        this.environment = environment;
        this.testSlice = testSlice;
    }

    /**
     * Where tasks run.
     *
     * @param property the prefix of the properties that chose, for messages
     * @param choice type or bean
     * @param threadNamePrefix what the names of our own threads begin with
     */
    TaskPlace find(String property, GroupProperties.Executor choice, String threadNamePrefix) {
        String bean = choice.bean();
        String wanted = bean == null && choice.type() == ExecutorType.APPLICATION ? BOOTS_EXECUTOR : bean;
        if (testSlice && wanted != null && !isExecutor(wanted)) {
            logger.info("Executor bean '" + wanted + "' is not in this test slice: groups take threads of their own");
            return virtualWanted() ? virtual(threadNamePrefix) : platform(threadNamePrefix);
        }
        if (bean != null) {
            return bean(property + ".bean", bean, bean, "there is no Executor bean of that name", false);
        }
        return switch (Objects.requireNonNullElse(choice.type(), ExecutorType.AUTO)) {
            case AUTO -> virtualWanted() ? virtual(threadNamePrefix) : platform(threadNamePrefix);
            case VIRTUAL -> {
                checkVirtual(property + ".type");
                yield virtual(threadNamePrefix);
            }
            case PLATFORM -> platform(threadNamePrefix);
            case APPLICATION ->
                bean(
                        property + ".type",
                        ExecutorType.APPLICATION,
                        BOOTS_EXECUTOR,
                        "there is no bean '" + BOOTS_EXECUTOR
                                + "' (Boot makes none where the application has an Executor of its own); name one with "
                                + property + ".bean",
                        TaskThreads.virtualThreadsSupported()
                                && environment.getProperty(BOOTS_VIRTUAL_THREADS, Boolean.class, false));
        };
    }

    private boolean virtualWanted() {
        return TaskThreads.virtualThreadsSupported()
                && environment.getProperty(BOOTS_VIRTUAL_THREADS, Boolean.class, true);
    }

    private static void checkVirtual(String property) {
        if (!TaskThreads.virtualThreadsSupported()) {
            throw new InvalidConfigurationPropertyValueException(
                    property,
                    ExecutorType.VIRTUAL,
                    "virtual threads need Java 21 or later, and this is Java "
                            + Runtime.version().feature() + "; 'auto' takes them where they are");
        }
    }

    private static TaskPlace virtual(String threadNamePrefix) {
        return new TaskPlace(TaskThreads.virtual(threadNamePrefix), true, "virtual");
    }

    private static TaskPlace platform(String threadNamePrefix) {
        return new TaskPlace(TaskThreads.platform(threadNamePrefix), false, "platform");
    }

    private TaskPlace bean(String property, Object value, String bean, String missing, boolean virtual) {
        if (!isExecutor(bean)) {
            throw new InvalidConfigurationPropertyValueException(
                    property, value, missing + "; there are " + candidates());
        }
        Executor executor = beans.getBean(bean, Executor.class);
        String doubt = doubtAbout(executor);
        if (doubt != null && examined.add(bean)) {
            logger.warn("Executor bean '" + bean + "' (" + property + "=" + value + ") " + doubt);
        }
        return new TaskPlace(TaskThreads.on(executor), virtual, "bean " + bean);
    }

    private boolean isExecutor(String bean) {
        return beans.containsBean(bean) && beans.isTypeMatch(bean, Executor.class);
    }

    private List<String> candidates() {
        return new ArrayList<>(new TreeSet<>(
                List.of(BeanFactoryUtils.beanNamesForTypeIncludingAncestors(beans, Executor.class, true, false))));
    }

    /** Why an executor is no good place for tasks, though it works, as the end of a sentence that begins with the executor; null if nothing. */
    private static @Nullable String doubtAbout(Executor executor) {
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
