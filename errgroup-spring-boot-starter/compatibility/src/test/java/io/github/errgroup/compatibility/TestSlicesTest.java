package io.github.errgroup.compatibility;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.annotation.ImportCandidates;
import org.springframework.util.ClassUtils;

class TestSlicesTest {
    /** Their names in Boot 4, and in 3.5. */
    private static final List<String> SLICES = List.of(
            "org.springframework.boot.webmvc.test.autoconfigure.AutoConfigureWebMvc",
            "org.springframework.boot.webflux.test.autoconfigure.AutoConfigureWebFlux",
            "org.springframework.boot.test.autoconfigure.web.servlet.AutoConfigureWebMvc",
            "org.springframework.boot.test.autoconfigure.web.reactive.AutoConfigureWebFlux");

    @Test
    void the_web_slices_of_this_spring_boot_have_the_groups() throws ClassNotFoundException {
        List<String> here = SLICES.stream()
                .filter(name -> ClassUtils.isPresent(name, null))
                .toList();
        assertThat(here).hasSize(2);
        for (String name : here) {
            assertThat(ImportCandidates.load(ClassUtils.forName(name, null), null))
                    .as(name)
                    .contains("io.github.errgroup.spring.autoconfigure.ErrGroupAutoConfiguration");
        }
    }
}
