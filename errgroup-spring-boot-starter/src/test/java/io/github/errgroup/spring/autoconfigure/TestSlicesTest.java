package io.github.errgroup.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.errgroup.ErrGroups;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.core.io.ClassPathResource;

/** Which test slices have the groups: those with the classes that use groups. */
class TestSlicesTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                // Boot 4
                "org.springframework.boot.webmvc.test.autoconfigure.AutoConfigureWebMvc",
                "org.springframework.boot.webflux.test.autoconfigure.AutoConfigureWebFlux",
                "org.springframework.boot.graphql.test.autoconfigure.AutoConfigureGraphQl",
                "org.springframework.boot.restclient.test.autoconfigure.AutoConfigureRestClient",
                "org.springframework.boot.webclient.test.autoconfigure.AutoConfigureWebClient",
                // Boot 3.5
                "org.springframework.boot.test.autoconfigure.web.servlet.AutoConfigureWebMvc",
                "org.springframework.boot.test.autoconfigure.web.reactive.AutoConfigureWebFlux",
                "org.springframework.boot.test.autoconfigure.graphql.AutoConfigureGraphQl",
                "org.springframework.boot.test.autoconfigure.web.client.AutoConfigureWebClient"
            })
    void a_slice_imports_classes_that_are_there(String annotation) throws IOException {
        List<String> imported = new ClassPathResource("META-INF/spring/" + annotation + ".imports")
                .getContentAsString(StandardCharsets.UTF_8)
                .lines()
                .toList();
        assertThat(imported)
                .containsExactly(
                        ErrGroupTestSliceAutoConfiguration.class.getName(),
                        ErrGroupContextPropagationAutoConfiguration.class.getName(),
                        ErrGroupAutoConfiguration.class.getName());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "errgroup.executor.bean=ioPool",
                "errgroup.executor.type=application",
                "errgroup.groups.quote.executor.bean=ioPool"
            })
    void in_a_slice_a_missing_executor_is_no_reason_to_fail(String property) {
        Contexts.wired()
                .withConfiguration(AutoConfigurations.of(ErrGroupTestSliceAutoConfiguration.class))
                .withPropertyValues(property)
                .run(context -> {
                    assertThat(context).hasNotFailed();
                    assertThat(context.getBean(ErrGroups.class).map("quote", List.of(1, 2), n -> n + 1))
                            .containsExactly(2, 3);
                });
    }
}
