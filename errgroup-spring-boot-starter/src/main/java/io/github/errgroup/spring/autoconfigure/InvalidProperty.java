package io.github.errgroup.spring.autoconfigure;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

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

    /** {@code errgroup.groups.<name>}, as a user writes it. */
    static String ofGroup(String name) {
        return ErrGroupProperties.PREFIX + ".groups" + (name.matches("[A-Za-z0-9_-]+") ? "." + name : "[" + name + "]");
    }
}
