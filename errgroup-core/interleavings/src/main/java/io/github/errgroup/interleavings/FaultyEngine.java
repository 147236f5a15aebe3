package io.github.errgroup.interleavings;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** Compiles the engine with one fault in it. */
final class FaultyEngine {
    private final Path sources;

    private final Path jar;

    /**
     * @param sources the root of the core's sources
     * @param jar the engine as it is, for what the changed source refers to
     */
    FaultyEngine(Path sources, Path jar) {
        this.sources = sources;
        this.jar = jar;
    }

    /**
     * Changes and compiles the one source that the fault fits.
     *
     * @param target where the classes go: see {@link #classes}
     * @throws IllegalStateException if the fault fits no source or several places, or what it gives does not compile
     */
    void compile(SeededFault fault, Path target) throws IOException {
        Path source = theOneThatFits(fault);
        String changed = Files.readString(source).replace(fault.replace(), fault.by());
        Path changedSource =
                target.resolve("source").resolve(source.getFileName().toString());
        Path classes = classes(target);
        Files.createDirectories(changedSource.getParent());
        Files.createDirectories(classes);
        Files.writeString(changedSource, changed);
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        List<String> options =
                List.of("-cp", jar.toString(), "-d", classes.toString(), "-proc:none", "-nowarn", "-Xlint:none");
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            if (!compiler.getTask(null, files, null, options, null, files.getJavaFileObjects(changedSource))
                    .call()) {
                throw new IllegalStateException("fault '" + fault.value() + "' does not compile: " + changedSource);
            }
        }
    }

    /** The faulty classes, to stand before the jar on the class path. */
    static Path classes(Path target) {
        return target.resolve("classes");
    }

    private Path theOneThatFits(SeededFault fault) throws IOException {
        List<Path> fitting = new ArrayList<>();
        try (Stream<Path> all = Files.walk(sources)) {
            for (Path source :
                    (Iterable<Path>) all.filter(path -> path.toString().endsWith(".java"))::iterator) {
                String text = Files.readString(source);
                for (int at = text.indexOf(fault.replace()); at >= 0; at = text.indexOf(fault.replace(), at + 1)) {
                    fitting.add(source);
                }
            }
        }
        if (fitting.size() != 1) {
            throw new IllegalStateException("fault '" + fault.value() + "' fits " + fitting.size()
                    + " places of the engine, it must fit one " + fitting + ":\n" + fault.replace());
        }
        return fitting.get(0);
    }
}
