package io.github.errgroup.spring.autoconfigure;

import io.github.errgroup.TaskThreads;
import io.github.errgroup.spring.autoconfigure.ErrGroupProperties.ExecutorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.core.env.Environment;

/** Finds the threads that the properties ask for, and stops the start where there are none. */
final class TaskPlaces {
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

    TaskPlace find(ExecutorChoice choice) {
        String bean = choice.bean();
        String wanted = bean == null && choice.type() == ExecutorType.APPLICATION ? BOOTS_EXECUTOR : bean;
        if (testSlice && wanted != null && !isExecutor(wanted)) {
            logger.info("Executor bean '" + wanted + "' is not in this test slice: groups take threads of their own");
            return virtualWanted() ? virtual(choice) : platform(choice);
        }
        if (bean != null) {
            return bean(choice.property() + ".bean", bean, bean, "there is no Executor bean of that name", false);
        }
        return switch (choice.type()) {
            case AUTO -> virtualWanted() ? virtual(choice) : platform(choice);
            case VIRTUAL -> virtual(choice);
            case PLATFORM -> platform(choice);
            case APPLICATION ->
                bean(
                        choice.property() + ".type",
                        ExecutorType.APPLICATION,
                        BOOTS_EXECUTOR,
                        "there is no bean '" + BOOTS_EXECUTOR
                                + "' (Boot makes none where the application has an Executor of its own); name one with "
                                + choice.property() + ".bean",
                        TaskThreads.virtualThreadsSupported()
                                && environment.getProperty(BOOTS_VIRTUAL_THREADS, Boolean.class, false));
        };
    }

    private boolean virtualWanted() {
        return TaskThreads.virtualThreadsSupported()
                && environment.getProperty(BOOTS_VIRTUAL_THREADS, Boolean.class, true);
    }

    private static TaskPlace virtual(ExecutorChoice choice) {
        if (!TaskThreads.virtualThreadsSupported()) {
            throw InvalidProperty.of(
                    choice.property() + ".type",
                    choice.type(),
                    "virtual threads need Java 21 or later, and this is Java "
                            + Runtime.version().feature() + "; 'auto' takes them where they are");
        }
        return new TaskPlace(TaskThreads.virtual(choice.threadNamePrefix()), true, "virtual");
    }

    private static TaskPlace platform(ExecutorChoice choice) {
        return new TaskPlace(TaskThreads.platform(choice.threadNamePrefix()), false, "platform");
    }

    private TaskPlace bean(String property, Object value, String bean, String missing, boolean virtual) {
        if (!isExecutor(bean)) {
            throw InvalidProperty.of(property, value, missing + "; there are " + candidates());
        }
        Executor executor = beans.getBean(bean, Executor.class);
        String doubt = ExecutorDoubts.about(executor);
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
}
