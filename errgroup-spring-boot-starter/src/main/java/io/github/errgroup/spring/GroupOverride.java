package io.github.errgroup.spring;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What an operator has changed for a name; null where nothing.
 *
 * @param limit above zero, or -1 for none
 * @param sharedLimit above zero, or -1 for none
 * @param timeout above zero, or {@link PropertyRules#NO_TIMEOUT}
 */
record GroupOverride(
        @Nullable Integer limit,
        @Nullable Integer sharedLimit,
        @Nullable Duration timeout) {

    static final GroupOverride NONE = new GroupOverride(null, null, null);

    GroupOverride and(GroupOverride later) {
        return new GroupOverride(
                later.limit != null ? later.limit : limit,
                later.sharedLimit != null ? later.sharedLimit : sharedLimit,
                later.timeout != null ? later.timeout : timeout);
    }

    Set<String> properties() {
        Set<String> properties = new LinkedHashSet<>();
        if (limit != null) {
            properties.add("limit");
        }
        if (sharedLimit != null) {
            properties.add("shared-limit");
        }
        if (timeout != null) {
            properties.add("timeout");
        }
        return properties;
    }
}
