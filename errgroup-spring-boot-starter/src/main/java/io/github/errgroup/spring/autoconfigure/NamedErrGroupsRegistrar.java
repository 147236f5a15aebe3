package io.github.errgroup.spring.autoconfigure;

import io.github.errgroup.ErrGroup;
import io.github.errgroup.spring.GroupProperties;
import java.util.Map;
import java.util.Set;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.HierarchicalBeanFactory;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.annotation.BeanFactoryAnnotationUtils;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.support.AutowireCandidateQualifier;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.ImportBeanDefinitionRegistrar;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotationMetadata;

/**
 * Registers a prototype {@link ErrGroup} for each {@code errgroup.groups.<name>}, found by the qualifier {@code <name>}.
 * Backs off where the application has an ErrGroup bean of that name or qualifier, in a parent context too: two beans of
 * one qualifier would be one too many. After ahead-of-time processing the
 * names are those known when the application was built.
 */
final class NamedErrGroupsRegistrar implements ImportBeanDefinitionRegistrar {
    static final String BEAN_NAME_PREFIX = ErrGroupProperties.PREFIX + ".groups.";

    private final Environment environment;
    private final BeanFactory beans;

    NamedErrGroupsRegistrar(Environment environment, BeanFactory beans) {
        this.environment = environment;
        this.beans = beans;
    }

    @Override
    public void registerBeanDefinitions(AnnotationMetadata importing, BeanDefinitionRegistry registry) {
        for (String name : configuredNames(environment)) {
            if (!isTaken(name)) {
                registry.registerBeanDefinition(BEAN_NAME_PREFIX + name, definition(name));
            }
        }
    }

    static Set<String> configuredNames(Environment environment) {
        return Binder.get(environment)
                .bind(ErrGroupProperties.PREFIX + ".groups", Bindable.mapOf(String.class, GroupProperties.class))
                .orElse(Map.of())
                .keySet();
    }

    private boolean isTaken(String name) {
        if (beans instanceof ListableBeanFactory listable) {
            for (String other :
                    BeanFactoryUtils.beanNamesForTypeIncludingAncestors(listable, ErrGroup.class, true, false)) {
                if (!isOfAParent(other, name)
                        && BeanFactoryAnnotationUtils.isQualifierMatch(name::equals, other, beans)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** What the starter registered in a parent context: it is hidden by the definition of the same bean name here. */
    private boolean isOfAParent(String bean, String name) {
        return bean.equals(BEAN_NAME_PREFIX + name)
                && beans instanceof HierarchicalBeanFactory hierarchical
                && !hierarchical.containsLocalBean(bean);
    }

    /** A factory method and not a supplier, which ahead-of-time processing could not write down. */
    private static RootBeanDefinition definition(String name) {
        RootBeanDefinition definition = new RootBeanDefinition();
        definition.setTargetType(ErrGroup.class);
        definition.setFactoryBeanName(ErrGroupAutoConfiguration.PROTOTYPES);
        definition.setFactoryMethodName("create");
        definition.getConstructorArgumentValues().addIndexedArgumentValue(0, name);
        definition.setScope(BeanDefinition.SCOPE_PROTOTYPE);
        definition.addQualifier(new AutowireCandidateQualifier(Qualifier.class, name));
        // An injection that names no group gets the default one.
        definition.setDefaultCandidate(false);
        definition.setDestroyMethodName("");
        return definition;
    }
}
