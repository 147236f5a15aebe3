package io.github.errgroup;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What the core may depend on, and what it shows to the world. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ArchitectureTest {
    /** Who changes a class must know all that it is in a circle with. This goes down, never up. */
    private static final int LARGEST_CIRCLE = 11;

    private final JavaClasses core = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.github.errgroup");

    @Test
    void the_core_depends_on_the_jdk_and_jspecify_alone() {
        classes()
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("io.github.errgroup", "java..", "org.jspecify.annotations")
                .check(core);
    }

    @Test
    void the_core_is_one_package() {
        classes().should().resideInAPackage("io.github.errgroup").check(core);
    }

    /** A new public type is a promise to every user: think, then add it here. */
    @Test
    void the_public_types_are_exactly_these() {
        assertThat(publicTopLevelTypes())
                .containsExactlyInAnyOrder(
                        "CancelReason",
                        "ContextPropagator",
                        "ErrGroup",
                        "ErrGroupException",
                        "ErrGroupOptions",
                        "ErrGroups",
                        "FrameworkAccess",
                        "Futures",
                        "GroupBody",
                        "GroupClock",
                        "GroupContext",
                        "GroupListener",
                        "GroupOutcome",
                        "GroupSnapshot",
                        "LimitExceededException",
                        "ParentCancelledException",
                        "Registration",
                        "Results",
                        "SharedLimit",
                        "Subtask",
                        "TaskBody",
                        "TaskSnapshot",
                        "TaskThreads",
                        "ThrowingConsumer",
                        "ThrowingFunction",
                        "ThrowingRunnable");
    }

    @Test
    void the_core_writes_to_no_standard_stream() {
        NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS.check(core);
    }

    /** Logging goes through System.Logger, which leaves the choice of a back end to the application. */
    @Test
    void the_core_uses_no_java_util_logging() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAPackage("java.util.logging..")
                .check(core);
    }

    /** Who enters the package reads its description first. */
    @Test
    void the_description_of_the_package_names_classes_that_exist() throws IOException {
        String description = Files.readString(Path.of("src/main/java/io/github/errgroup/package-info.java"));
        List<String> named = Pattern.compile("\\{@code ([A-Z]\\w+)}")
                .matcher(description)
                .results()
                .map(name -> name.group(1))
                .toList();

        assertThat(named)
                .isNotEmpty()
                .allSatisfy(name -> assertThat(core.contain("io.github.errgroup." + name))
                        .as(name)
                        .isTrue());
    }

    @Test
    void no_circle_of_classes_is_larger_than_it_was() {
        assertThat(largestCircle(usesByClass()))
                .as("the classes of the largest circle")
                .hasSizeLessThanOrEqualTo(LARGEST_CIRCLE);
    }

    @Test
    void the_largest_circle_is_found() {
        Map<String, Set<String>> uses = Map.of(
                "Door", Set.of("Hinge"),
                "Hinge", Set.of("Screw", "Frame"),
                "Frame", Set.of("Door"),
                "Screw", Set.of("Thread"),
                "Thread", Set.of("Screw"));

        assertThat(largestCircle(uses)).containsExactly("Door", "Frame", "Hinge");
    }

    /** By top-level class, those that it or a class nested in it uses. */
    private Map<String, Set<String>> usesByClass() {
        Map<String, Set<String>> uses = new HashMap<>();
        for (JavaClass type : core) {
            Set<String> of = uses.computeIfAbsent(topLevelNameOf(type), name -> new HashSet<>());
            Stream<JavaClass> named =
                    type.getDirectDependenciesFromSelf().stream().map(Dependency::getTargetClass);
            Stream.concat(named, permitted(type))
                    .map(JavaClass::getBaseComponentType)
                    .filter(used -> used.getPackageName().equals(type.getPackageName()))
                    .map(ArchitectureTest::topLevelNameOf)
                    .forEach(of::add);
        }
        return uses;
    }

    private Stream<JavaClass> permitted(JavaClass type) {
        Class<?>[] permitted = type.reflect().getPermittedSubclasses();
        return permitted == null ? Stream.empty() : Stream.of(permitted).map(core::get);
    }

    private static String topLevelNameOf(JavaClass type) {
        return type.getEnclosingClass().map(ArchitectureTest::topLevelNameOf).orElse(type.getSimpleName());
    }

    private static Set<String> largestCircle(Map<String, Set<String>> uses) {
        Map<String, Set<String>> reach = new HashMap<>();
        uses.keySet().forEach(from -> reach.put(from, reachable(from, uses)));
        Set<String> largest = Set.of();
        for (String one : uses.keySet()) {
            Set<String> circle = reach.get(one).stream()
                    .filter(other -> reach.get(other).contains(one))
                    .collect(Collectors.toCollection(TreeSet::new));
            largest = circle.size() > largest.size() ? circle : largest;
        }
        return largest;
    }

    private static Set<String> reachable(String from, Map<String, Set<String>> uses) {
        Set<String> reached = new HashSet<>();
        Deque<String> left = new ArrayDeque<>(uses.get(from));
        while (!left.isEmpty()) {
            String next = left.pop();
            if (reached.add(next)) {
                left.addAll(uses.get(next));
            }
        }
        return reached;
    }

    private Set<String> publicTopLevelTypes() {
        return core.stream()
                .filter(type -> type.isTopLevelClass() && type.getModifiers().contains(JavaModifier.PUBLIC))
                .map(JavaClass::getSimpleName)
                .collect(Collectors.toSet());
    }
}
