package io.github.errgroup.spring;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.autoconfigure.AutoConfiguration;

/** Which package may know which, and what the starter shows to the world. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ArchitectureTest {
    private static final String STARTER = "io.github.errgroup.spring";

    private final JavaClasses starter = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages(STARTER);

    @ParameterizedTest
    @CsvSource({
        "io.github.errgroup.spring, io.github.errgroup.spring.*..",
        "io.github.errgroup.spring, io.micrometer..",
        "io.github.errgroup.spring, org.springframework.boot.actuate..",
        "io.github.errgroup.spring, org.springframework.ai..",
        "io.github.errgroup.spring.ai, io.github.errgroup.spring.autoconfigure..",
        "io.github.errgroup.spring.ai, io.github.errgroup.spring.micrometer..",
        "io.github.errgroup.spring.ai, io.github.errgroup.spring.actuate..",
        "io.github.errgroup.spring.ai, io.github.errgroup.spring.cluster..",
        "io.github.errgroup.spring.micrometer, io.github.errgroup.spring.ai..",
        "io.github.errgroup.spring.cluster, io.github.errgroup.spring.ai..",
        "io.github.errgroup.spring.actuate.endpoint, io.github.errgroup.spring.ai..",
        "io.github.errgroup.spring.micrometer, io.github.errgroup.spring.autoconfigure..",
        "io.github.errgroup.spring.micrometer, io.github.errgroup.spring.actuate..",
        "io.github.errgroup.spring.micrometer, org.springframework.boot.actuate..",
        "io.github.errgroup.spring.actuate.endpoint, io.github.errgroup.spring.autoconfigure..",
        "io.github.errgroup.spring.actuate.endpoint, io.github.errgroup.spring.micrometer..",
        "io.github.errgroup.spring.actuate.endpoint, io.micrometer..",
        "io.github.errgroup.spring, org.springframework.data..",
        "io.github.errgroup.spring.micrometer, io.github.errgroup.spring.cluster..",
        "io.github.errgroup.spring.actuate.endpoint, io.github.errgroup.spring.cluster..",
        "io.github.errgroup.spring.cluster, io.github.errgroup.spring.autoconfigure..",
        "io.github.errgroup.spring.cluster, io.github.errgroup.spring.actuate..",
        "io.github.errgroup.spring.cluster, io.github.errgroup.spring.micrometer..",
        "io.github.errgroup.spring.cluster, io.micrometer.."
    })
    void a_package_knows_nothing_of_those_that_stand_on_it_or_beside_it(String one, String other) {
        noClasses()
                .that()
                .resideInAPackage(one)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(other)
                .check(starter);
    }

    @Test
    void an_auto_configuration_is_public_and_final_and_its_bean_methods_are_not_public() {
        Set<JavaClass> autoConfigurations = starter.stream()
                .filter(type -> type.isAnnotatedWith(AutoConfiguration.class))
                .collect(Collectors.toSet());
        assertThat(autoConfigurations).hasSize(8).allSatisfy(type -> {
            assertThat(type.getPackageName()).isEqualTo(STARTER + ".autoconfigure");
            assertThat(type.getModifiers()).contains(JavaModifier.PUBLIC, JavaModifier.FINAL);
            assertThat(type.getMethods())
                    .noneMatch(method -> method.getModifiers().contains(JavaModifier.PUBLIC));
        });
    }

    /** A new public type is a promise to every user: think, then add it here. */
    @Test
    void the_public_types_are_exactly_these() {
        assertThat(starter.stream()
                        .filter(type ->
                                type.isTopLevelClass() && type.getModifiers().contains(JavaModifier.PUBLIC))
                        .map(type -> type.getName().substring(STARTER.length() + 1))
                        .filter(name -> !name.endsWith("AutoConfiguration")))
                .containsExactlyInAnyOrder(
                        "ClusterLimit",
                        "ClusterLimits",
                        "ConfiguredGroup",
                        "ErrGroupRegistry",
                        "ErrGroupSettings",
                        "ErrGroupShutdown",
                        "NamedGroupListeners",
                        "GroupProperties",
                        "GroupTemplates",
                        "actuate.endpoint.ErrGroupsEndpoint",
                        "actuate.endpoint.GroupReport",
                        "actuate.endpoint.GroupTotals",
                        "actuate.endpoint.RequestedSettingsAdvisor",
                        "actuate.endpoint.TaskCounts",
                        "actuate.endpoint.TaskReport",
                        "ai.ErrGroupToolCallingManager",
                        "autoconfigure.ErrGroupCustomizer",
                        "autoconfigure.ErrGroupProperties",
                        "cluster.RedisClusterLimits",
                        "micrometer.DefaultErrGroupObservationConvention",
                        "micrometer.ErrGroupMeter",
                        "micrometer.ErrGroupObservationContext",
                        "micrometer.ErrGroupObservationConvention",
                        "micrometer.ErrGroupObservationDocumentation",
                        "micrometer.NamedGroupMeters",
                        "micrometer.GroupObservations");
    }
}
