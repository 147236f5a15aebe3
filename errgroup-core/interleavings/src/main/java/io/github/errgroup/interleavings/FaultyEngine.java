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
     * Changes and compiles the sources that the fault's marks stand in. The fault may add no class to the engine's.
     *
     * @throws IllegalStateException if a mark is missing or stands in several places, or what the fault gives does not
     *     compile
     */
    Fault compile(Class<?> test, int number, SeededFault seed) throws IOException {
        Path folder = target.resolve(test.getSimpleName() + "-" + number);
        Fault fault = new Fault(test, seed, folder.resolve("classes"));
        Files.createDirectories(fault.classes());
        List<Path> changed = write(changed(seed), folder.resolve("source"));
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        List<String> options = List.of(
                "-cp", jar.toString(), "-d", fault.classes().toString(), "-proc:none", "-nowarn", "-Xlint:none");
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            if (!compiler.getTask(null, files, null, options, null, files.getJavaFileObjectsFromPaths(changed))
                    .call()) {
                throw new IllegalStateException("fault '" + fault + "' does not compile: " + changed);
            }
        }
        return fault;
    }

    private static List<Path> write(Map<Path, String> texts, Path folder) throws IOException {
        Files.createDirectories(folder);
        List<Path> written = new ArrayList<>();
        for (Map.Entry<Path, String> text : texts.entrySet()) {
            Path file = folder.resolve(text.getKey().getFileName());
            written.add(Files.writeString(file, text.getValue()));
        }
        return written;
    }

    /** The sources that the fault changes, as it leaves them. */
    private Map<Path, String> changed(SeededFault seed) {
        String[] marks = seed.mark();
        String[] becomes = seed.becomes();
        if (marks.length != becomes.length) {
            throw new IllegalStateException("fault '" + seed.value() + "' has " + marks.length + " marks and "
                    + becomes.length + " texts, it must have as many of both");
        }
        List<MarkedCode> marked =
                Stream.of(marks).map(mark -> MarkedCode.find(mark, sources)).toList();
        Map<Path, String> changed = new TreeMap<>();
        for (int i = 0; i < marks.length; i++) {
            String text = becomes[i];
            for (int of = 0; of < marks.length; of++) {
                text = text.replace("$" + (of + 1), "\n" + marked.get(of).code() + "\n");
            }
            Path source = marked.get(i).source();
            String before = changed.getOrDefault(source, sources.get(source));
            changed.put(
                    source, MarkedCode.find(marks[i], Map.of(source, before)).replacedBy(text));
        }
        return changed;
    }
}
