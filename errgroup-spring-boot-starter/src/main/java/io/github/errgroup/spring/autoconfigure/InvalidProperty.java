package io.github.errgroup.spring.autoconfigure;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.core.env.ConfigurableEnvironment;

/**
 * Stops the start because of a value that breaks its rule. The exception is Boot's own, whose analyzer adds where the
 * value comes from.
 */
final class InvalidProperty {
    private InvalidProperty() {}

    static InvalidConfigurationPropertyValueException of(String property, @Nullable Object value, String rule) {
        return new InvalidConfigurationPropertyValueException(property, value, rule);
    }

    /** Throws if there is a broken rule. */
    static void check(String property, @Nullable Object value, @Nullable String brokenRule) {
        if (brokenRule != null) {
            throw of(property, value, brokenRule);
        }
    }

    /** Where a property's value comes from, for a warning. */
    static String origin(String property, ConfigurableEnvironment environment) {
        for (ConfigurationPropertySource source : ConfigurationPropertySources.from(environment.getPropertySources())) {
            ConfigurationProperty found = source.getConfigurationProperty(ConfigurationPropertyName.of(property));
            if (found != null) {
                return "from " + (found.getOrigin() != null ? found.getOrigin() : found.getSource());
            }
        }
        return "its default";
    }
}
