package io.github.errgroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import kotlin.Unit;
import org.jetbrains.kotlin.cli.jvm.K2JVMCompiler;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kotlin resolves overloads by rules of its own: what it takes has the right value, what would lose one it refuses. */
@Tag("slow")
class KotlinTest {
    private static final Path SOURCES = Path.of("src/test/kotlin");

    @TempDir
    Path classes;

    @Test
    void a_value_is_never_lost() throws Exception {
        assertThat(compile(SOURCES.resolve("Calls.kt"))).isEmpty();

        assertThat(values())
                .containsOnly(
                        entry("open { it.limit(80) }", 80),
                        entry("go { price }", 42L),
                        entry("go(stock) { 7 }", 7),
                        entry("go({ price })", 42L),
                        entry("go<Number> { price }", 42L),
                        entry("go { find }", null),
                        entry("go(::constant)", "constant"),
                        entry("go(Callable { price })", 42L),
                        entry("go(callable, Callable { price })", 42L),
                        entry("go(TaskBody { price })", 42L),
                        entry("go { audit }", true),
                        entry("go(audit) { audit }", true),
                        entry("go { if }", true),
                        entry("go(ThrowingRunnable { audit })", null),
                        entry("go(audit, ThrowingRunnable { audit })", null),
                        entry("tryGo { price }", 42L),
                        entry("tryGo(stock) { 7 }", 7),
                        entry("tryGo(Callable { price })", 42L),
                        entry("tryGo { audit }", true),
                        entry("map(list) { it + 1 }", List.of(2, 3)),
                        entry("map(stream) { it + 1 }", List.of(2, 3)),
                        entry("effects", 7),
                        entry("call(name) { length }", 4),
                        entry("call(changes) { limit }", 2),
                        entry("call(options) { limit }", 3),
                        entry("call<String?, RuntimeException>(name) { find }", null),
                        entry("call(name) { audit }", true),
                        entry("groups.map(name, list) { it * 2 }", List.of(2, 4, 6)),
                        entry("groups.open(name) { it.limit(4) }", 4),
                        entry("ErrGroups.of { it.limit(5) }", 5),
                        entry("open { statements }", "6statements"),
                        entry("effects at the end", 9));
    }

    @Test
    void what_would_lose_a_value_does_not_compile() throws IOException {
        Path source = SOURCES.resolve("Refused.kt");
        List<String> lines = Files.readAllLines(source);
        SortedSet<Integer> expected = new TreeSet<>();
        for (int line = 1; line <= lines.size(); line++) {
            if (lines.get(line - 1).endsWith("// refused")) {
                expected.add(line);
            }
        }

        String errors = compile(source);

        SortedSet<Integer> refused = new TreeSet<>();
        Matcher error = Pattern.compile("Refused\\.kt:(\\d+):\\d+: error:").matcher(errors);
        while (error.find()) {
            refused.add(Integer.parseInt(error.group(1)));
        }
        assertThat(refused).as(errors).isNotEmpty().isEqualTo(expected);
    }

    /** Returns what the compiler had to say. */
    private String compile(Path source) {
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        new K2JVMCompiler()
                .exec(
                        new PrintStream(said, true, StandardCharsets.UTF_8),
                        "-no-stdlib",
                        "-no-reflect",
                        "-nowarn",
                        "-jvm-target",
                        "17",
                        "-classpath",
                        homeOf(ErrGroup.class, Nullable.class, Unit.class),
                        "-d",
                        classes.toString(),
                        source.toString());
        return said.toString(StandardCharsets.UTF_8);
    }

    /** The class path that a user of the core has. */
    private static String homeOf(Class<?>... types) {
        return Stream.of(types)
                .map(type -> Path.of(URI.create(type.getProtectionDomain()
                                .getCodeSource()
                                .getLocation()
                                .toString()))
                        .toString())
                .collect(Collectors.joining(File.pathSeparator));
    }

    @SuppressWarnings("unchecked")
    private Map<String, Object> values() throws Exception {
        URL[] compiled = {classes.toUri().toURL()};
        try (URLClassLoader loader = new URLClassLoader(compiled, getClass().getClassLoader())) {
            return (Map<String, Object>)
                    loader.loadClass("kotlincalls.CallsKt").getMethod("values").invoke(null);
        }
    }
}
