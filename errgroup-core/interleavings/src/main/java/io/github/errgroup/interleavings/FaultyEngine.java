package io.github.errgroup.interleavings;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** Compiles the engine with one fault in it. */
final class FaultyEngine {
    /** What stands in the engine's sources. */
    private final Map<Path, String> sources = new TreeMap<>();

    private final Path jar;

    private final Path target;

    /**
     * @param sources the root of the core's sources
     * @param jar the engine as it is, for what the changed source refers to
     * @param target where the faulty sources and classes go
     */
    FaultyEngine(Path sources, Path jar, Path target) throws IOException {
        this.jar = jar;
        this.target = target;
        try (Stream<Path> all = Files.walk(sources)) {
            for (Path source :
                    (Iterable<Path>) all.filter(path -> path.toString().endsWith(".java"))::iterator) {
                this.sources.put(source, Files.readString(source));
            }
        }
    }

    /**
     * Changes and compiles the one source that the fault fits. The fault may add no class to the engine's.
     *
     * @throws IllegalStateException if the fault fits no source or several places, or what it gives does not compile
     */
    Fault compile(Class<?> test, int number, SeededFault seed) throws IOException {
        Path source = theOneThatFits(seed);
        Path folder = target.resolve(test.getSimpleName() + "-" + number);
        Path changed = folder.resolve("source").resolve(source.getFileName().toString());
        Fault fault = new Fault(test, seed, folder.resolve("classes"));
        Files.createDirectories(changed.getParent());
        Files.createDirectories(fault.classes());
        Files.writeString(changed, sources.get(source).replace(seed.replace(), seed.by()));
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        List<String> options = List.of(
                "-cp", jar.toString(), "-d", fault.classes().toString(), "-proc:none", "-nowarn", "-Xlint:none");
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            if (!compiler.getTask(null, files, null, options, null, files.getJavaFileObjects(changed))
                    .call()) {
                throw new IllegalStateException("fault '" + fault + "' does not compile: " + changed);
            }
        }
        return fault;
    }

    private Path theOneThatFits(SeededFault seed) {
        List<Path> fitting = new ArrayList<>();
        sources.forEach((source, text) -> {
            for (int at = text.indexOf(seed.replace()); at >= 0; at = text.indexOf(seed.replace(), at + 1)) {
                fitting.add(source);
            }
        });
        if (fitting.size() != 1) {
            throw new IllegalStateException("fault '" + seed.value() + "' fits " + fitting.size()
                    + " places of the engine, it must fit one " + fitting + ":\n" + seed.replace());
        }
        return fitting.get(0);
    }
}
