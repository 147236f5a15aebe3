package io.github.errgroup.pages;

import io.github.errgroup.spring.GroupProperties;
import io.github.errgroup.spring.autoconfigure.ErrGroupAutoConfiguration;
import io.github.errgroup.spring.autoconfigure.ErrGroupClusterAutoConfiguration;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Executor;
import java.util.stream.Collectors;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.env.PropertiesPropertySourceLoader;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.json.JsonParserFactory;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.ByteArrayResource;

/** The properties that a page shows, and those that there are. */
final class Configuration {
    private static final String METADATA = "META-INF/spring-configuration-metadata.json";

    private static final String NAMED = "errgroup\\.groups\\.[^.]+\\.(.+)";

    private Configuration() {}

    /** Names that no metadata on the class path has, then what an application says that is started with the others. */
    static List<String> faultsIn(Page.Block block) {
        Map<String, String> properties = read(block);
        Set<String> known = defaults().keySet();
        List<String> faults = new ArrayList<>();
        properties.keySet().stream().filter(name -> !isKnown(name, known)).forEach(faults::add);
        ApplicationContextRunner application = new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(ErrGroupAutoConfiguration.class));
        for (Map.Entry<String, String> property : properties.entrySet()) {
            application = application.withPropertyValues(property.getKey() + "=" + property.getValue());
            if (property.getKey().endsWith("executor.bean")) {
                application = application.withBean(property.getValue(), Executor.class, () -> Runnable::run);
            }
            if (property.getKey().endsWith("cluster-limit")) { // starts without a Redis that answers
                application = application.withConfiguration(AutoConfigurations.of(
                        DataRedisAutoConfiguration.class, ErrGroupClusterAutoConfiguration.class));
            }
        }
        application.run(context -> {
            Throwable failure = context.getStartupFailure();
            if (failure != null) {
                faults.add(failure.toString());
            }
        });
        return faults;
    }

    private static boolean isKnown(String name, Set<String> known) {
        String plain = name.replaceAll("\\[\\d+]$", "");
        return known.contains(plain)
                || known.contains(plain.replaceAll(NAMED, "errgroup.$1"))
                || ofOneGroup().contains(plain.replaceAll(NAMED, "$1"));
    }

    private static Map<String, String> read(Page.Block block) {
        ByteArrayResource text = new ByteArrayResource(block.text().getBytes(StandardCharsets.UTF_8));
        try {
            List<PropertySource<?>> sources = block.language().equals("yaml")
                    ? new YamlPropertySourceLoader().load(block.place(), text)
                    : new PropertiesPropertySourceLoader().load(block.place(), new NamedResource(text.getByteArray()));
            Map<String, String> properties = new LinkedHashMap<>();
            for (PropertySource<?> source : sources) {
                for (String name : ((EnumerablePropertySource<?>) source).getPropertyNames()) {
                    properties.put(name, String.valueOf(source.getProperty(name)));
                }
            }
            return properties;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** The loader of properties looks at the name's ending. */
    private static final class NamedResource extends ByteArrayResource {
        NamedResource(byte[] content) {
            super(content);
        }

        @Override
        public String getFilename() {
            return "block.properties";
        }
    }

    /** Every property that an editor knows here, with its default; "" where it has none. */
    @SuppressWarnings("unchecked")
    static Map<String, String> defaults() {
        Map<String, String> defaults = new TreeMap<>();
        try {
            for (URL file :
                    Collections.list(Configuration.class.getClassLoader().getResources(METADATA))) {
                try (InputStream content = file.openStream()) {
                    Map<String, Object> metadata = JsonParserFactory.getJsonParser()
                            .parseMap(new String(content.readAllBytes(), StandardCharsets.UTF_8));
                    for (Map<String, Object> property :
                            (List<Map<String, Object>>) metadata.getOrDefault("properties", List.of())) {
                        Object value = property.get("defaultValue");
                        defaults.put((String) property.get("name"), value == null ? "" : value.toString());
                    }
                }
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return defaults;
    }

    /** Those of our own. */
    static Set<String> ours() {
        Set<String> ours = new TreeSet<>(defaults().keySet());
        ours.removeIf(name -> !name.startsWith("errgroup."));
        return ours;
    }

    /** What can be set for a single name, as a user writes it below the name; a nested record as {@code name.*}. */
    static Set<String> ofOneGroup() {
        return Arrays.stream(GroupProperties.class.getRecordComponents())
                .map(component ->
                        kebab(component.getName()) + (component.getType().isRecord() ? ".*" : ""))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static String kebab(String name) {
        return name.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
    }
}
