package io.github.errgroup.spring.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.errgroup.spring.ClusterLimit;
import io.micrometer.common.docs.KeyName;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The table of meters in the reference, against the list of the meters and what is really registered. */
class MeterTableTest {
    private static final Path PAGE = Path.of("docs/reference/meters.md");

    private static final Pattern TAG = Pattern.compile("`(\\w+)` = ([^;]+)");

    /** One line of the table. */
    private record Row(String name, String type, Map<String, Set<String>> tags, String description) {}

    @Test
    void lists_every_meter_with_its_type_its_tags_and_their_values() throws IOException {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        MeterLease meters = new MeterLease(registry);
        new GroupMeters(meters, "quote", () -> -1, () -> -1);
        ClusterMeters.register(meters, "quote", new FixedClusterLimit());

        List<Row> expected = Stream.of(ErrGroupMeter.values())
                .map(meter -> new Row(
                        meter.getName(), capitalized(meter), registeredTags(meter, registry), meter.description()))
                .toList();

        assertThat(rows(Files.readString(PAGE))).containsExactlyElementsOf(expected);
    }

    private static final class FixedClusterLimit implements ClusterLimit {
        @Override
        public int limit() {
            return 1;
        }

        @Override
        public int share() {
            return 1;
        }

        @Override
        public @Nullable Duration leaseAge() {
            return null;
        }

        @Override
        public boolean overridden() {
            return false;
        }

        @Override
        public void retune(@Nullable Integer limit) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void localLimit(int tasks) {
            throw new UnsupportedOperationException();
        }
    }

    private static Map<String, Set<String>> registeredTags(ErrGroupMeter meter, SimpleMeterRegistry registry) {
        return Arrays.stream(meter.getKeyNames())
                .map(KeyName::asString)
                .filter(key -> !key.equals("group"))
                .collect(Collectors.toMap(
                        key -> key,
                        key -> registry.find(meter.getName()).meters().stream()
                                .map(registered -> Objects.requireNonNull(
                                        registered.getId().getTag(key)))
                                .collect(Collectors.toSet())));
    }

    private static String capitalized(ErrGroupMeter meter) {
        return Stream.of(meter.getType().name().split("_"))
                .map(word -> word.charAt(0) + word.substring(1).toLowerCase(Locale.ROOT))
                .collect(Collectors.joining());
    }

    private static List<Row> rows(String page) {
        List<Row> rows = new ArrayList<>();
        for (String line : page.split("\n")) {
            if (line.startsWith("| `")) {
                String[] cells = line.substring(1).split("\\|");
                rows.add(
                        new Row(cells[0].strip().replace("`", ""), cells[1].strip(), tags(cells[2]), cells[3].strip()));
            }
        }
        return rows;
    }

    /** {@code `key` = one, two; what comes after the values is prose}. */
    private static Map<String, Set<String>> tags(String cell) {
        Matcher matcher = TAG.matcher(cell);
        return matcher.results()
                .collect(Collectors.toMap(
                        result -> result.group(1),
                        result -> Stream.of(result.group(2).split(","))
                                .map(String::strip)
                                .collect(Collectors.toSet())));
    }
}
