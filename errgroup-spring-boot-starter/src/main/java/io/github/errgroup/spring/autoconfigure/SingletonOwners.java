package io.github.errgroup.spring.autoconfigure;

import io.github.errgroup.ErrGroup;
import java.lang.reflect.Method;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.BeansException;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanFactoryAware;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.config.InstantiationAwareBeanPostProcessor;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.CommandLineRunner;

/**
 * Finds out into which singleton a group was injected, and tells the group's guard when the singleton is ready.
 *
 * <p>Each thread has a stack of the beans it is making. A group is made while the bean that gets it is on top. When that
 * bean is ready, the bean factory knows whether groups were injected into it: those it asked for itself (ObjectProvider,
 * {@code getBean}) are no dependencies. A bean whose making failed never becomes ready, and is no longer in creation.
 * Beans without a definition (inner beans, test instances) are no singletons of the factory, and not on the stack.
 *
 * <p>An {@code InjectionPoint} argument of the prototype's bean method would be simpler, and fails for {@code getBean}
 * and {@code @Lookup}, where there is none.
 */
final class SingletonOwners implements InstantiationAwareBeanPostProcessor, BeanFactoryAware {
    private final ThreadLocal<@Nullable Deque<BeanInTheMaking>> making = new ThreadLocal<>();

    private @Nullable ConfigurableListableBeanFactory beans;

    /** A group made for the bean on top of the stack. */
    private record GroupMade(ErrGroup group, SingletonGuard guard) {}

    private record BeanInTheMaking(String name, List<GroupMade> groups, List<InjectionPlace> places) {
        BeanInTheMaking(String name) {
            this(name, new ArrayList<>(0), new ArrayList<>(0));
        }
    }

    @Override
    public void setBeanFactory(BeanFactory beanFactory) {
        if (beanFactory instanceof ConfigurableListableBeanFactory listable) {
            beans = listable;
        }
    }

    /** A group was made by this thread, for whoever it is making. */
    void made(ErrGroup group, SingletonGuard guard) {
        BeanInTheMaking bean = top();
        if (bean != null) {
            bean.groups().add(new GroupMade(group, guard));
        }
    }

    private @Nullable BeanInTheMaking top() {
        Deque<BeanInTheMaking> stack = making.get();
        if (stack == null) {
            return null;
        }
        stack.removeIf(bean -> beans == null || !beans.isCurrentlyInCreation(bean.name()));
        return stack.peek();
    }

    @Override
    public @Nullable Object postProcessBeforeInstantiation(Class<?> beanClass, String beanName) {
        if (beanClass != ErrGroup.class && definition(beanName) != null) {
            Deque<BeanInTheMaking> stack = making.get();
            if (stack == null) {
                stack = new ArrayDeque<>();
                making.set(stack);
            }
            stack.push(new BeanInTheMaking(beanName));
        }
        return null;
    }

    @Override
    public Object postProcessBeforeInitialization(Object bean, String beanName) throws BeansException {
        BeanInTheMaking current = top();
        if (current != null && !current.groups().isEmpty() && current.name().equals(beanName)) {
            // Now, not afterwards: a proxy that is made then has none of the fields.
            for (GroupMade made : current.groups()) {
                current.places().add(InjectionPlace.of(made.group(), bean, factoryMethod(beanName)));
            }
        }
        return bean;
    }

    @Override
    public Object postProcessAfterInitialization(Object bean, String beanName) throws BeansException {
        BeanInTheMaking ready = pop(beanName);
        if (ready != null && !ready.groups().isEmpty() && isGuarded(bean, beanName)) {
            boolean recorded = dependsOnGroups(beanName);
            for (int i = 0; i < ready.places().size(); i++) {
                InjectionPlace place = ready.places().get(i);
                if (recorded || place.optional()) {
                    ready.groups()
                            .get(i)
                            .guard()
                            .heldBy(new SingletonOwner(beanName, typeName(bean), place.description()));
                }
            }
        }
        return bean;
    }

    private @Nullable BeanInTheMaking pop(String beanName) {
        Deque<BeanInTheMaking> stack = making.get();
        if (stack == null) {
            return null;
        }
        BeanInTheMaking found = null;
        if (stack.stream().anyMatch(bean -> bean.name().equals(beanName))) {
            do {
                found = stack.pop();
            } while (!found.name().equals(beanName));
        }
        if (stack.isEmpty()) {
            making.remove();
        }
        return found;
    }

    /** Runners run once, and test instances and inner beans are no singletons of the factory. */
    private boolean isGuarded(Object bean, String beanName) {
        if (bean instanceof ApplicationRunner || bean instanceof CommandLineRunner) {
            return false;
        }
        BeanDefinition definition = definition(beanName);
        return definition != null && definition.isSingleton();
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

    private @Nullable Method factoryMethod(String beanName) {
        return definition(beanName) instanceof RootBeanDefinition root ? root.getResolvedFactoryMethod() : null;
    }

    private static String typeName(Object bean) {
        return AopUtils.getTargetClass(bean).getName();
    }
}
