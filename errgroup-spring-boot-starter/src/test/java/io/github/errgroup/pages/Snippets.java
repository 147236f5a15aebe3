package io.github.errgroup.pages;

import java.io.File;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/**
 * Compiles the blocks of Java on a page. A block is types, or members of a class, or statements; it may use the usual
 * packages without importing them, and all that {@link Given} has. Each block stands alone.
 */
final class Snippets {
    /** A type or a member begins on one of the block's lines; a statement does not look like that. */
    private static final Pattern MEMBER = Pattern.compile("(?m)^(?:@\\w+|"
            + "(?:public |private |protected |static |final |abstract |sealed )*(?:class|record|interface|enum) \\w+|"
            + "(?:public|private|protected|static) |"
            + "(?!return|throw|new|else)[\\w<>\\[\\], ?.]+ \\w+\\([^;]*\\)(?: throws [\\w., ]+)? \\{$)");

    private static final List<String> PACKAGES = List.of(
            "java.io",
            "java.net",
            "java.net.http",
            "java.nio.file",
            "java.sql",
            "java.time",
            "java.util",
            "java.util.concurrent",
            "java.util.concurrent.atomic",
            "java.util.function",
            "java.util.stream",
            "io.github.errgroup",
            "io.github.errgroup.spring",
            "io.github.errgroup.spring.autoconfigure",
            "org.springframework.beans.factory",
            "org.springframework.beans.factory.annotation",
            "org.springframework.context.annotation",
            "org.springframework.core.annotation",
            "org.springframework.stereotype",
            "org.springframework.transaction.annotation",
            "org.springframework.transaction.support",
            "org.springframework.web.bind.annotation",
            "reactor.core.publisher",
            "reactor.core.scheduler");

    private static final List<String> STATICS = List.of(
            "java.time.Duration",
            "java.net.http.HttpResponse",
            "org.assertj.core.api.Assertions",
            Given.class.getName());

    private Snippets() {}

    /** What does not compile, each with the line of its page. */
    static List<String> errorsIn(List<Page.Block> blocks, Path output) {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        DiagnosticCollector<JavaFileObject> found = new DiagnosticCollector<>();
        List<Source> sources = new ArrayList<>();
        for (Page.Block block : blocks) {
            sources.add(new Source(block, sources.size()));
        }
        compiler.getTask(
                        null,
                        null,
                        found,
                        List.of(
                                "-proc:none",
                                "-Xlint:none",
                                "-parameters",
                                "-d",
                                output.toString(),
                                "-cp",
                                classPath()),
                        null,
                        sources)
                .call();
        return found.getDiagnostics().stream()
                .filter(diagnostic -> diagnostic.getKind() == Diagnostic.Kind.ERROR)
                .map(Snippets::describe)
                .toList();
    }

    private static String describe(Diagnostic<? extends JavaFileObject> diagnostic) {
        if (diagnostic.getSource() instanceof Source source) {
            long line = source.block.line() + diagnostic.getLineNumber() - 1;
            return source.block.page() + ":" + line + ": " + diagnostic.getMessage(null);
        }
        return diagnostic.toString();
    }

    private static String classPath() {
        return Stream.of("surefire.test.class.path", "java.class.path")
                .map(System::getProperty)
                .filter(path -> path != null)
                .collect(Collectors.joining(File.pathSeparator));
    }

    /** A block made into a file that compiles. */
    private static final class Source extends SimpleJavaFileObject {
        private final Page.Block block;

        private final String code;

        Source(Page.Block block, int number) {
            super(URI.create("string:///Snippet" + number + ".java"), Kind.SOURCE);
            this.block = block;
            String imports = block.text()
                    .lines()
                    .filter(line -> line.startsWith("import "))
                    .collect(Collectors.joining(" "));
            String text = block.text()
                    .lines()
                    .map(line -> line.startsWith("import ") ? "" : line)
                    .collect(Collectors.joining("\n"));
            this.code = "package io.github.errgroup.pages;"
                    + STATICS.stream()
                            .map(type -> "import static " + type + ".*;")
                            .collect(Collectors.joining())
                    + PACKAGES.stream().map(name -> "import " + name + ".*;").collect(Collectors.joining())
                    + imports
                    + "class Snippet" + number + " {"
                    + (MEMBER.matcher(text).find()
                            ? "\n" + text + "\n}"
                            : "Object snippet() throws Throwable { if (true) {\n" + text + "\n} return null; } }");
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return code;
        }
    }
}
