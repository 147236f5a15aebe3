package io.github.errgroup.benchmarks.rivals;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.errgroup.benchmarks.SanityCheck;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnJre;
import org.junit.jupiter.api.condition.JRE;

class RivalsTest {
    @Test
    @EnabledOnJre(JRE.JAVA_25)
    void on_JDK_25_those_of_its_preview_take_part() {
        assertThat(Rivals.all()).extracting(Rival::id).contains("structured-task-scope", "jox");
    }

    /** As on another JDK, their classes are refused where no preview is enabled. */
    @Test
    void where_classes_of_the_preview_are_refused_the_others_take_part_alone() throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        SanityCheck.class.getName())
                .redirectErrorStream(true)
                .start();

        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(process.waitFor()).as(output).isZero();
        assertThat(output)
                .contains("StructuredScope (java.lang.", "JoxScope (java.lang.", "sane: by-hand", "sane: queued-pool")
                .doesNotContain("sane: structured-task-scope", "sane: jox");
    }
}
