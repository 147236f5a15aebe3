package io.github.errgroup;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringWriter;
import java.lang.module.ModuleFinder;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A module that uses the core needs nothing but the core: JSpecify is for whoever checks for null. */
@Tag("slow")
class ModularConsumerTest {
    private static final String MODULE = "module consumer { requires io.github.errgroup; exports consumer; }";

    private static final String QUOTES = """
            package consumer;

            import io.github.errgroup.ErrGroup;
            import io.github.errgroup.ErrGroupOptions;
            import io.github.errgroup.ErrGroups;
            import io.github.errgroup.Subtask;
            import java.time.Duration;
            import java.util.List;
            import java.util.concurrent.Callable;

            public final class Quotes implements Callable<String> {
                public Quotes() {}

                @Override
                public String call() throws Exception {
                    ErrGroups groups = ErrGroups.of(o -> o.timeout(Duration.ofMinutes(1)));
                    try (ErrGroup group = groups.open("quote", o -> o.limit(2))) {
                        Subtask<String> price = group.go(() -> "price");
                        Subtask<String> stock = group.go("stock", () -> "stock");
                        group.go(() -> {});
                        group.await();
                        List<Integer> lengths = groups.map("lengths", List.of("a", "bb"), String::length);
                        return price.get() + stock.get() + lengths + group.context().cause();
                    }
                }
            }
            """;

    @TempDir
    Path directory;

    @Test
    void compiles_without_a_warning_and_runs_with_the_core_alone_on_its_module_path() throws Exception {
        Path core = Path.of(URI.create(ErrGroup.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toString()));
        Path classes = Files.createDirectory(directory.resolve("classes"));

        assertThat(compile(core, classes)).isEmpty();

        assertThat(run(core, classes)).asString().startsWith("pricestock[1, 2]").contains("has ended");
    }

    /** Returns what the compiler had to say. */
    private String compile(Path core, Path classes) throws Exception {
        Path module = Files.writeString(directory.resolve("module-info.java"), MODULE);
        Path quotes = Files.writeString(directory.resolve("Quotes.java"), QUOTES);
        StringWriter said = new StringWriter();
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            List<String> options =
                    List.of("-Xlint:all", "-Werror", "--module-path", core.toString(), "-d", classes.toString());
            compiler.getTask(said, files, null, options, null, files.getJavaFileObjects(module, quotes))
                    .call();
        }
        return said.toString();
    }

    private static Object run(Path core, Path classes) throws Exception {
        ModuleLayer boot = ModuleLayer.boot();
        ModuleLayer layer = boot.defineModulesWithOneLoader(
                boot.configuration().resolve(ModuleFinder.of(core, classes), ModuleFinder.of(), Set.of("consumer")),
                ClassLoader.getPlatformClassLoader());
        Class<?> quotes = layer.findLoader("consumer").loadClass("consumer.Quotes");
        assertThat(Stream.of(
                        quotes.getModule(),
                        layer.findModule("io.github.errgroup").orElseThrow()))
                .allMatch(Module::isNamed);
        return ((Callable<?>) quotes.getConstructor().newInstance()).call();
    }
}
