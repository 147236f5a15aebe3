package io.github.errgroup;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What the core may depend on, and what it shows to the world. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ArchitectureTest {

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
                        "GroupBody",
                        "GroupClock",
                        "GroupContext",
                        "GroupListener",
                        "GroupOutcome",
                        "GroupSnapshot",
                        "ParentCancelledException",
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

    private Set<String> publicTopLevelTypes() {
        return core.stream()
                .filter(type -> type.isTopLevelClass() && type.getModifiers().contains(JavaModifier.PUBLIC))
                .map(JavaClass::getSimpleName)
                .collect(Collectors.toSet());
    }
}
