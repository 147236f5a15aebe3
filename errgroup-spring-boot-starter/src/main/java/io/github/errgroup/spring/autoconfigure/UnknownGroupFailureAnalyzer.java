package io.github.errgroup.spring.autoconfigure;

import io.github.errgroup.ErrGroup;
import io.github.errgroup.spring.GroupProperties;
import java.lang.annotation.Annotation;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.InjectionPoint;
import org.springframework.beans.factory.NoSuchBeanDefinitionException;
import org.springframework.beans.factory.UnsatisfiedDependencyException;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.analyzer.AbstractInjectionFailureAnalyzer;
import org.springframework.boot.origin.Origin;
import org.springframework.core.Ordered;
import org.springframework.core.ResolvableType;
import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.env.Environment;

/** Explains a start that failed because a group was injected by a name that is not configured. */
final class UnknownGroupFailureAnalyzer extends AbstractInjectionFailureAnalyzer<NoSuchBeanDefinitionException>
        implements Ordered {
    private static final ConfigurationPropertyName GROUPS =
            ConfigurationPropertyName.of(ErrGroupProperties.PREFIX + ".groups");

    private final Environment environment;

    UnknownGroupFailureAnalyzer(Environment environment) {
        this.environment = environment;
    }

    /** Before Boot's own, which knows nothing of names. */
    @Override
    public int getOrder() {
        return Ordered.HIGHEST_PRECEDENCE;
    }

    @Override
    protected @Nullable FailureAnalysis analyze(
            Throwable root, NoSuchBeanDefinitionException cause, @Nullable String description) {
        ResolvableType type = cause.getResolvableType();
        String name = type != null && type.toClass() == ErrGroup.class ? qualifier(root) : null;
        if (name == null) {
            return null;
        }
        Map<String, String> configured = configured();
        StringBuilder what = new StringBuilder(description == null ? "A bean" : description)
                .append(" required the group '")
                .append(name)
                .append("', which is not configured.");
        if (configured.isEmpty()) {
            what.append(" No group is configured (errgroup.groups.<name>.*).");
        } else {
            what.append(" The configured groups:").append(System.lineSeparator());
            configured.forEach((known, origin) -> what.append(System.lineSeparator())
                    .append("\t- '")
                    .append(known)
                    .append("' (")
                    .append(origin)
                    .append(")"));
        }
        String nearest = NearestWord.to(name, configured.keySet());
        String action = (nearest == null ? "" : "Did you mean @Qualifier(\"" + nearest + "\")? Otherwise set")
                + (nearest == null ? "Set" : "") + " a property of the group, such as "
                + GroupProperties.prefixOf(name)
                + ".limit, or open it by its name: ErrGroups.open(\"" + name + "\").";
        return new FailureAnalysis(what.toString(), action, cause);
    }

    private static @Nullable String qualifier(Throwable root) {
        InjectionPoint place = null;
        for (Throwable next = root; next != null; next = next.getCause()) {
            if (next instanceof UnsatisfiedDependencyException unsatisfied && unsatisfied.getInjectionPoint() != null) {
                place = unsatisfied.getInjectionPoint();
            }
        }
        if (place == null) {
            return null;
        }
        Annotation[] annotations = place.getAnnotations();
        MergedAnnotation<Qualifier> qualifier =
                MergedAnnotations.from(annotations).get(Qualifier.class);
        return qualifier.isPresent() ? qualifier.getString("value") : null;
    }

    /** The names, each with where the first of its properties comes from. */
    private Map<String, String> configured() {
        Map<String, String> origins = new LinkedHashMap<>();
        for (String name : NamedErrGroupsRegistrar.configuredNames(environment)) {
            origins.put(name, origin(name));
        }
        return origins;
    }

    private String origin(String name) {
        for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
            if (source instanceof IterableConfigurationPropertySource names) {
                for (ConfigurationPropertyName property : names) {
                    ConfigurationProperty found = GROUPS.isAncestorOf(property)
                                    && property.getElement(2, Form.ORIGINAL).equals(name)
                            ? source.getConfigurationProperty(property)
                            : null;
                    Origin origin = found == null ? null : found.getOrigin();
                    if (origin != null) {
                        return property + ", " + origin;
                    }
                }
            }
        }
        return GroupProperties.prefixOf(name);
    }
}
