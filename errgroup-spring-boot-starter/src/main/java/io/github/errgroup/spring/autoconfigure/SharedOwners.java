package io.github.errgroup.spring.autoconfigure;

import io.github.errgroup.ErrGroup;
import java.lang.reflect.Method;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.scope.ScopedProxyUtils;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.BeansException;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanFactoryAware;
import org.springframework.beans.factory.FactoryBean;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.config.InstantiationAwareBeanPostProcessor;
import org.springframework.beans.factory.support.MergedBeanDefinitionPostProcessor;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.CommandLineRunner;

/**
 * Finds out into which bean a group was injected, and tells the group's guard when that bean is ready and threads share
 * it: a bean of any scope but prototype and request.
 *
 * <p>Each thread has a stack of the beans it is making. A group is made while the bean that gets it is on top. When that
 * bean is ready, the bean factory knows whether groups were injected into it: those it asked for itself (ObjectProvider,
 * {@code getBean}) are no dependencies. A bean whose making failed never becomes ready, and is no longer in creation.
 *
 * <p>The factory says that it begins to make a bean only for the first instance of each definition. Later instances of a
 * name that got a group before go on the stack when they get theirs, since the factory knows that they are in creation.
 * A FactoryBean may be made to ask its type, long before it becomes ready: its groups wait in {@link #early}.
 *
 * <p>Beans without a definition of their name are inner beans, or were made by {@code createBean(Class)}: they are on
 * the stack only above a bean that has one, and leave it with that bean at the latest, since the factory does not say
 * that they are in creation. Instances that the factory did not make (a test's) are never on the stack.
 *
 * <p>An {@code InjectionPoint} argument of the prototype's bean method would be simpler, and fails for {@code getBean}
 * and {@code @Lookup}, where there is none.
 */
final class SharedOwners
        implements InstantiationAwareBeanPostProcessor, MergedBeanDefinitionPostProcessor, BeanFactoryAware {
    private final ThreadLocal<@Nullable Deque<BeanInTheMaking>> making = new ThreadLocal<>();

    private @Nullable ConfigurableListableBeanFactory beans;

    /** Names that are no singletons and whose beans got groups. */
    private final Set<String> severalTimes = ConcurrentHashMap.newKeySet();

    /** Groups of FactoryBeans that were begun and are not ready, by bean name. */
    private final Map<String, List<GroupMade>> early = new ConcurrentHashMap<>();

    /** A group made for the bean on top of the stack. */
    private record GroupMade(ErrGroup group, SingletonGuard guard) {}

    /** Seen by the thread that makes the bean, and by no other. */
    private static final class BeanInTheMaking {
        private final String name;

        private final Class<?> type;

        /** Whether the factory has a definition of this name. */
        private final boolean named;

        /** Null for a bean without a definition of its name, until the factory has told it. */
        private @Nullable BeanDefinition definition;

        private final List<GroupMade> groups = new ArrayList<>(0);

        private final List<InjectionPlace> places = new ArrayList<>(0);

        BeanInTheMaking(String name, Class<?> type, @Nullable BeanDefinition definition) {
            this.name = name;
            this.type = type;
            this.named = definition != null;
            this.definition = definition;
        }
    }

    @Override
    public void setBeanFactory(BeanFactory beanFactory) {
        if (beanFactory instanceof ConfigurableListableBeanFactory listable) {
            beans = listable;
        }
    }

    /** A group was made by this thread, for the bean that it is making. */
    void made(ErrGroup group, SingletonGuard guard) {
        pushLaterInstances();
        Deque<BeanInTheMaking> stack = stack();
        if (!stack.isEmpty()) {
            stack.element().groups.add(new GroupMade(group, guard));
            for (BeanInTheMaking bean : stack) {
                if (bean.named && bean.definition != null && !bean.definition.isSingleton()) {
                    severalTimes.add(bean.name);
                }
            }
        }
    }

    private void pushLaterInstances() {
        for (String name : severalTimes) {
            if (beans != null
                    && beans.isCurrentlyInCreation(name)
                    && stack().stream().noneMatch(bean -> bean.name.equals(name))) {
                push(new BeanInTheMaking(name, Object.class, definition(name)));
            }
        }
    }

    private void push(BeanInTheMaking bean) {
        Deque<BeanInTheMaking> stack = making.get();
        if (stack == null) {
            stack = new ArrayDeque<>();
            making.set(stack);
        }
        stack.push(bean);
    }

    /** The beans that this thread is still making, the innermost first. */
    private Deque<BeanInTheMaking> stack() {
        Deque<BeanInTheMaking> stack = making.get();
        if (stack == null) {
            return new ArrayDeque<>(0);
        }
        boolean ended = true; // nothing without a name stands at the bottom
        for (Iterator<BeanInTheMaking> fromBelow = stack.descendingIterator(); fromBelow.hasNext(); ) {
            BeanInTheMaking bean = fromBelow.next();
            if (bean.named) {
                ended = beans == null || !beans.isCurrentlyInCreation(bean.name);
            }
            if (ended) {
                fromBelow.remove();
                giveUp(bean);
            }
        }
        return stack;
    }

    private void giveUp(BeanInTheMaking bean) {
        if (FactoryBean.class.isAssignableFrom(bean.type) && !bean.groups.isEmpty()) {
            early.put(bean.name, bean.groups);
        }
    }

    @Override
    public @Nullable Object postProcessBeforeInstantiation(Class<?> beanClass, String beanName) {
        if (beanClass == ErrGroup.class) {
            return null;
        }
        pushLaterInstances();
        BeanDefinition definition = definition(beanName);
        Deque<BeanInTheMaking> stack = stack();
        if (definition != null || !stack.isEmpty()) {
            stack.removeIf(bean -> {
                boolean begunBefore = bean.name.equals(beanName);
                if (begunBefore) {
                    giveUp(bean);
                }
                return begunBefore;
            });
            BeanInTheMaking bean = new BeanInTheMaking(beanName, beanClass, definition);
            List<GroupMade> before = early.remove(beanName);
            if (before != null) {
                bean.groups.addAll(before);
            }
            push(bean);
        }
        return null;
    }

    @Override
    public void postProcessMergedBeanDefinition(RootBeanDefinition definition, Class<?> beanType, String beanName) {
        BeanInTheMaking bean = stack().peek();
        if (bean != null && !bean.named && bean.name.equals(beanName)) {
            bean.definition = definition;
        }
    }

    @Override
    public Object postProcessBeforeInitialization(Object bean, String beanName) throws BeansException {
        BeanInTheMaking current = backTo(beanName);
        if (current != null) {
            // Now, not afterwards: a proxy that is made then has none of the fields.
            for (GroupMade made : current.groups) {
                current.places.add(InjectionPlace.of(made.group(), bean, factoryMethod(current.definition)));
            }
        }
        return bean;
    }

    /** The bean of this name, on top of the stack: what is above it was given up, and its groups went to this bean. */
    private @Nullable BeanInTheMaking backTo(String beanName) {
        Deque<BeanInTheMaking> stack = stack();
        if (stack.stream().noneMatch(bean -> bean.name.equals(beanName))) {
            return null;
        }
        List<GroupMade> above = new ArrayList<>(0);
        while (!stack.element().name.equals(beanName)) {
            above.addAll(stack.pop().groups);
        }
        stack.element().groups.addAll(above);
        return stack.element();
    }

    @Override
    public Object postProcessAfterInitialization(Object bean, String beanName) throws BeansException {
        BeanInTheMaking ready = pop(beanName);
        if (ready != null && !ready.places.isEmpty() && isShared(bean, ready.definition)) {
            boolean recorded = dependsOnGroups(beanName);
            for (int i = 0; i < ready.places.size(); i++) {
                InjectionPlace place = ready.places.get(i);
                if (recorded || place.optional()) {
                    ready.groups.get(i).guard().heldBy(owner(ready, bean, place));
                }
            }
        }
        return bean;
    }

    private @Nullable BeanInTheMaking pop(String beanName) {
        BeanInTheMaking found = backTo(beanName);
        Deque<BeanInTheMaking> stack = making.get();
        if (found != null && stack != null) {
            stack.pop();
        }
        if (stack != null && stack.isEmpty()) {
            making.remove();
        }
        return found;
    }

    /**
     * Runners run once; a prototype belongs to the bean that asked for it, and a request's bean to one thread after another.
     */
    private static boolean isShared(Object bean, @Nullable BeanDefinition definition) {
        if (definition == null || bean instanceof ApplicationRunner || bean instanceof CommandLineRunner) {
            return false;
        }
        return !definition.isPrototype() && !"request".equals(definition.getScope());
    }

    private static SingletonGuard.Owner owner(BeanInTheMaking ready, Object bean, InjectionPlace place) {
        String scope = ready.definition == null ? null : ready.definition.getScope();
        return new SingletonGuard.Owner(
                scope == null || scope.isEmpty() ? BeanDefinition.SCOPE_SINGLETON : scope,
                ScopedProxyUtils.isScopedTarget(ready.name)
                        ? ScopedProxyUtils.getOriginalBeanName(ready.name)
                        : ready.name,
                AopUtils.getTargetClass(bean).getName(),
                place.description());
    }

    private boolean dependsOnGroups(String beanName) {
        if (beans == null) {
            return false;
        }
        for (String dependency : beans.getDependenciesForBean(beanName)) {
            if (beans.containsBean(dependency) && beans.isTypeMatch(dependency, ErrGroup.class)) {
                return true;
            }
        }
        return false;
    }

    private @Nullable BeanDefinition definition(String beanName) {
        return beans != null && beans.containsBeanDefinition(beanName) ? beans.getMergedBeanDefinition(beanName) : null;
    }

    private static @Nullable Method factoryMethod(@Nullable BeanDefinition definition) {
        return definition instanceof RootBeanDefinition root ? root.getResolvedFactoryMethod() : null;
    }
}
