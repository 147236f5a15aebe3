package io.github.errgroup.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.errgroup.ErrGroup;
import io.github.errgroup.ErrGroups;
import io.github.errgroup.Subtask;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.aot.generate.ClassNameGenerator;
import org.springframework.aot.generate.DefaultGenerationContext;
import org.springframework.aot.generate.FileSystemGeneratedFiles;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.aot.ApplicationContextAotGenerator;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.javapoet.ClassName;

/** Runs the code that ahead-of-time processing writes, compiled by the JDK's own compiler. */
class AheadOfTimeTest {
    private static final Map<String, String> PROPERTIES = Map.of("errgroup.groups.stock.limit", "3");

    @TempDir
    private Path directory;

    @Test
    void the_beans_work_and_the_guard_guards() throws Exception {
        String initializer = process();
        Path classes = compile();
        String classPath = classes + File.pathSeparator + System.getProperty("java.class.path");
        Process java = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Dspring.aot.enabled=true",
                        "-cp",
                        classPath,
                        Processed.class.getName(),
                        initializer)
                .redirectErrorStream(true)
                .start();
        String output = new String(java.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(java.waitFor()).as(output).isZero();
        assertThat(output).contains("all works");
    }

    /** What runs in a JVM of its own, where the generated classes are beside those that they call. */
    static class Processed {
        public static void main(String[] initializer) throws Exception {
            try (GenericApplicationContext context = new GenericApplicationContext()) {
                TestPropertyValues.of(PROPERTIES).applyTo(context);
                @SuppressWarnings("unchecked")
                ApplicationContextInitializer<GenericApplicationContext> generated =
                        (ApplicationContextInitializer<GenericApplicationContext>)
                                Class.forName(initializer[0]).getConstructor().newInstance();
                generated.initialize(context);
                context.refresh();
                check(context);
            }
            System.out.println("all works");
        }

        private static void check(GenericApplicationContext context) throws InterruptedException {
            assertThat(context.getBeanNamesForType(ErrGroup.class))
                    .containsExactlyInAnyOrder("errGroup", "errgroup.groups.stock");
            Service service = context.getBean(Service.class);
            assertThatIllegalStateException()
                    .isThrownBy(() -> service.stock.go(() -> {}))
                    .withMessageContaining("'service'")
                    .withMessageContaining("field 'stock'");
            assertThatIllegalStateException()
                    .isThrownBy(() -> service.viaConstructor.go(() -> {}))
                    .withMessageContaining("'service'");
            assertThat(service.viaConstructor.name()).isEqualTo("default");
            use(service.stock.fresh());
            use(service.stocks.getObject());
            use(context.getBean(ErrGroups.class).open("stock"));
        }
    }

    private static void use(ErrGroup group) throws InterruptedException {
        try (group) {
            Subtask<String> task = group.go(() -> "done");
            assertThat(group.limit()).isEqualTo(3);
            group.await();
            assertThat(task.get()).isEqualTo("done");
        }
    }

    private String process() {
        try (AnnotationConfigApplicationContext source = new AnnotationConfigApplicationContext()) {
            source.register(Application.class);
            TestPropertyValues.of(PROPERTIES).applyTo(source);
            DefaultGenerationContext generation = new DefaultGenerationContext(
                    new ClassNameGenerator(ClassName.get(Application.class)), new FileSystemGeneratedFiles(directory));
            ClassName initializer = new ApplicationContextAotGenerator().processAheadOfTime(source, generation);
            generation.writeGeneratedContent();
            return initializer.reflectionName();
        }
    }

    private Path compile() throws IOException {
        Path classes = Files.createDirectories(directory.resolve("compiled"));
        List<String> arguments = new ArrayList<>(List.of(
                "-nowarn", "-proc:none", "-d", classes.toString(), "-cp", System.getProperty("java.class.path")));
        try (var sources = Files.walk(directory)) {
            sources.filter(file -> file.toString().endsWith(".java")).forEach(file -> arguments.add(file.toString()));
        }
        int result = ToolProvider.getSystemJavaCompiler().run(null, null, null, arguments.toArray(String[]::new));
        assertThat(result).isZero();
        return classes;
    }

    static class Service {
        @Autowired
        @Qualifier("stock")
        ErrGroup stock;

        @Autowired
        @Qualifier("stock")
        ObjectProvider<ErrGroup> stocks;

        final ErrGroup viaConstructor;

        Service(ErrGroup group) {
            this.viaConstructor = group;
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration({ErrGroupContextPropagationAutoConfiguration.class, ErrGroupAutoConfiguration.class})
    static class Application {
        @Bean
        Service service(ErrGroup group) {
            return new Service(group);
        }
    }
}
