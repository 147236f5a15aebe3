package io.github.errgroup.spring.autoconfigure;

import io.github.errgroup.spring.GroupProperties;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.boot.origin.Origin;
import org.springframework.boot.origin.PropertySourceOrigin;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.Environment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/** Finds the properties below {@code errgroup.} that set nothing, or another group than they name. */
final class UnknownProperties {
    private static final Log logger = LogFactory.getLog(UnknownProperties.class);

    private static final ConfigurationPropertyName PREFIX = ConfigurationPropertyName.of(ErrGroupProperties.PREFIX);

    private static final ConfigurationPropertyName GROUPS = PREFIX.append("groups");

    /** Where a group's own key begins: {@code errgroup.groups.<name>.<key>}. */
    private static final int OWN_KEY = 3;

    /** The name and the group's own key in a property as it is written. */
    private static final Pattern NAME_WITHOUT_BRACKETS = Pattern.compile("[^.\\[]+\\.[^.\\[]+\\.([^.\\[\\]]+)\\.(.+)");

    private static final List<String> KEYS = keysOf(ErrGroupProperties.class, "");

    private static final List<String> GROUP_KEYS = keysOf(GroupProperties.class, "");

    private UnknownProperties() {}

    /** The keys that a record binds, as they are written: {@code executor.thread-name-prefix}. */
    private static List<String> keysOf(Class<?> bound, String prefix) {
        List<String> keys = new ArrayList<>();
        for (RecordComponent component : bound.getRecordComponents()) {
            String key = prefix + DataObjectPropertyName.toDashedForm(component.getName());
            if (component.getType().isRecord()) {
                keys.addAll(keysOf(component.getType(), key + "."));
            } else if (component.getType() != Map.class) {
                keys.add(key);
            }
        }
        return keys;
    }

    /**
     * One warning with all of them, and with what was probably meant.
     *
     * @param parent the parent context's environment, which was looked at when that context started; null for none
     */
    static void warn(Environment environment, @Nullable Environment parent) {
        List<String> found = new ArrayList<>(in(environment, parent).values());
        if (!found.isEmpty()) {
            logger.warn((found.size() == 1
                            ? "1 property below errgroup. is"
                            : found.size() + " properties below errgroup. are")
                    + " not known as written:" + System.lineSeparator() + "  "
                    + String.join(System.lineSeparator() + "  ", found));
        }
    }

    private static Map<ConfigurationPropertyName, String> in(Environment environment, @Nullable Environment parent) {
        Map<ConfigurationPropertyName, String> found = new LinkedHashMap<>();
        if (environment instanceof ConfigurableEnvironment) {
            Set<Object> seenBefore = Collections.newSetFromMap(new IdentityHashMap<>()); // they are equal by name
            if (parent instanceof ConfigurableEnvironment above) {
                above.getPropertySources().forEach(seenBefore::add);
            }
            for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
                Object underlying = source.getUnderlyingSource();
                if (source instanceof IterableConfigurationPropertySource names && !seenBefore.contains(underlying)) {
                    boolean variables = underlying instanceof SystemEnvironmentPropertySource;
                    names.stream().filter(PREFIX::isAncestorOf).forEach(name -> {
                        Origin origin = origin(name, source);
                        String written = origin instanceof PropertySourceOrigin known
                                ? known.getPropertyName()
                                : name.toString();
                        String problem = problem(name, written, variables);
                        if (problem != null) {
                            found.putIfAbsent(name, written + " (" + origin + "): " + problem);
                        }
                    });
                }
            }
        }
        return found;
    }

    private static @Nullable Origin origin(ConfigurationPropertyName name, ConfigurationPropertySource source) {
        ConfigurationProperty property = source.getConfigurationProperty(name);
        return property == null ? null : property.getOrigin();
    }

    /** Null for a property that sets what it names. */
    private static @Nullable String problem(ConfigurationPropertyName name, String written, boolean variables) {
        boolean element = name.isLastElementIndexed() && name.isNumericIndex(name.getNumberOfElements() - 1);
        ConfigurationPropertyName key = element ? name.getParent() : name;
        if (!GROUPS.isAncestorOf(key)) {
            return isOne(key, 1, KEYS, variables) ? null : meant(topLevelCandidate(key, variables));
        }
        if (key.getNumberOfElements() <= OWN_KEY) {
            return null; // a value of a whole group, which the binder refuses
        }
        if (isOne(key, OWN_KEY, GROUP_KEYS, variables)) {
            return variables ? null : droppedCharacters(written);
        }
        return meant(groupCandidate(key, variables));
    }

    private static String meant(@Nullable String candidate) {
        return candidate == null ? "is no property" : "is no property; did you mean " + candidate + "?";
    }

    /** Variables separate with underscores what is separated by a dot or a dash. */
    private static boolean isOne(ConfigurationPropertyName name, int from, List<String> keys, boolean variables) {
        String written = uniform(text(name, from), variables);
        return keys.stream().anyMatch(key -> uniform(key, variables).equals(written));
    }

    private static String uniform(String key, boolean variables) {
        return key.replaceAll(variables ? "[^A-Za-z0-9]" : "[^A-Za-z0-9.]", "").toLowerCase(Locale.ROOT);
    }

    private static String text(ConfigurationPropertyName name, int from) {
        List<String> elements = new ArrayList<>();
        for (int i = from; i < name.getNumberOfElements(); i++) {
            elements.add(name.getElement(i, Form.ORIGINAL));
        }
        return String.join(".", elements);
    }

    private static @Nullable String topLevelCandidate(ConfigurationPropertyName key, boolean variables) {
        if (key.getNumberOfElements() > 2 && isOne(key, 2, GROUP_KEYS, variables)) {
            return GROUPS + "." + text(key, 1);
        }
        String nearest = NearestWord.to(text(key, 1), KEYS);
        return nearest == null ? null : PREFIX + "." + nearest;
    }

    private static @Nullable String groupCandidate(ConfigurationPropertyName key, boolean variables) {
        String group = key.getElement(OWN_KEY - 1, Form.ORIGINAL);
        String own = text(key, OWN_KEY);
        if (isOne(key, OWN_KEY, KEYS, variables)) {
            return PREFIX + "." + own + " (it holds for all groups)";
        }
        for (int i = OWN_KEY + 1; i < key.getNumberOfElements(); i++) {
            if (isOne(key, i, GROUP_KEYS, variables)) {
                String name = text(key.chop(i), OWN_KEY - 1);
                return variables
                        ? "ERRGROUP_GROUPS_" + name.replace(".", "").toUpperCase(Locale.ROOT) + "_"
                                + text(key, i).replace('.', '_').toUpperCase(Locale.ROOT)
                        : GROUPS + "[" + name + "]." + text(key, i);
            }
        }
        String nearest = NearestWord.to(own, GROUP_KEYS);
        return nearest == null ? null : GroupProperties.prefixOf(group) + "." + nearest;
    }

    /** Outside of brackets a name keeps letters, digits and dashes only. */
    private static @Nullable String droppedCharacters(String written) {
        Matcher parts = NAME_WITHOUT_BRACKETS.matcher(written);
        if (!parts.matches()) {
            return null;
        }
        String name = parts.group(1);
        String kept = name.replaceAll("[^A-Za-z0-9-]", "");
        return kept.equals(name)
                ? null
                : "sets group '" + kept + "'; did you mean " + GROUPS + "[" + name + "]." + parts.group(2) + "?";
    }
}
