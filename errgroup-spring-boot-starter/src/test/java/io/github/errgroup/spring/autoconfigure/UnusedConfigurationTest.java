package io.github.errgroup.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.errgroup.ErrGroup;
import io.github.errgroup.ErrGroups;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/** Configuration that hits nothing says so. */
@ExtendWith(OutputCaptureExtension.class)
class UnusedConfigurationTest {
    private final ApplicationContextRunner runner = Contexts.wired();

    private static ApplicationContextRunner withVariable(
            ApplicationContextRunner runner, String variable, String value) {
        return runner.withInitializer(context -> context.getEnvironment()
                .getPropertySources()
                .addFirst(new SystemEnvironmentPropertySource("test-systemEnvironment", Map.of(variable, value))));
    }

    @Nested
    class An_unknown_property {
        @ParameterizedTest
        @CsvSource({
            "errgroup.limt, did you mean errgroup.limit?",
            "errgroup.leak.treshold, did you mean errgroup.leak.threshold?",
            "errgroup.executor.threadNamePrefx, did you mean errgroup.executor.thread-name-prefix?",
            "errgroup.groups.quote.limitt, did you mean errgroup.groups.quote.limit?",
            "errgroup.groups[page fetch].timeot, did you mean errgroup.groups[page fetch].timeout?",
            "errgroup.groups.quote.executor.typ, did you mean errgroup.groups.quote.executor.type?",
            "errgroup.groups.quote.leak.threshold, did you mean errgroup.leak.threshold (it holds for all groups)?",
            "errgroup.groups.slow.things.limit, did you mean errgroup.groups[slow.things].limit?",
            "errgroup.quote.shared-limit, did you mean errgroup.groups.quote.shared-limit?",
            "errgroup.groups.my group.limit, sets group 'mygroup'; did you mean errgroup.groups[my group].limit?",
            "errgroup.groups.my_group.limit, sets group 'mygroup'; did you mean errgroup.groups[my_group].limit?",
            "errgroup.something, is no property"
        })
        void is_named_at_the_start_with_its_origin_and_what_was_meant(
                String property, String hint, CapturedOutput output) {
            runner.withInitializer(context -> context.getEnvironment()
                            .getPropertySources()
                            .addFirst(new MapPropertySource("mine", Map.of(property, "3"))))
                    .run(context -> {
                        assertThat(context).hasNotFailed();
                        assertThat(output)
                                .contains("WARN")
                                .contains("1 property below errgroup. is not known as written")
                                .contains(property + " (\"" + property + "\" from property source \"mine\"): ")
                                .contains(hint);
                    });
        }

        @ParameterizedTest
        @CsvSource({
            "ERRGROUP_LIMT, did you mean errgroup.limit?",
            "ERRGROUP_GROUPS_QUOTE_LIMITT, did you mean errgroup.groups.quote.limit?",
            "ERRGROUP_GROUPS_PAGE_FETCH_LIMIT, did you mean ERRGROUP_GROUPS_PAGEFETCH_LIMIT?",
        })
        void may_be_a_variable(String variable, String hint, CapturedOutput output) {
            withVariable(runner, variable, "3")
                    .run(context -> assertThat(output).contains(variable).contains(hint));
        }

        @Test
        void is_one_of_all_in_one_warning(CapturedOutput output) {
            runner.withPropertyValues("errgroup.limt=3", "errgroup.groups.quote.limitt=4")
                    .run(context -> assertThat(output)
                            .containsOnlyOnce("WARN")
                            .contains("2 properties below errgroup. are not known as written"));
        }

        @Test
        void is_told_of_once_where_a_context_has_a_child(CapturedOutput output) {
            runner.withPropertyValues("errgroup.limt=3")
                    .run(parent -> Contexts.wired()
                            .withParent(parent)
                            .withInitializer(context -> context.getEnvironment()
                                    .getPropertySources()
                                    .addFirst(new MapPropertySource(
                                            "childs", Map.of("errgroup.groups.quote.limitt", "4"))))
                            .run(context -> {
                                assertThat(context).hasNotFailed();
                                assertThat(output.getOut().split("errgroup\\.limt "))
                                        .hasSize(2);
                                assertThat(output).contains("errgroup.groups.quote.limitt ");
                            }));
        }
    }

    @Nested
    class A_known_property_is_not_warned_of {
        @ParameterizedTest
        @ValueSource(
                strings = {
                    "errgroup.limit=3",
                    "errgroup.sharedLimit=3",
                    "errgroup.shared_limit=3",
                    "errgroup.context-propagation.mdc-keys=a,b",
                    "errgroup.context-propagation.mdc-keys[0]=a",
                    "errgroup.executor.reuse-threads=true",
                    "errgroup.groups.quote.limit=3",
                    "errgroup.groups.page-fetch.executor.thread-name-prefix=x-",
                    "errgroup.groups.pageFetch.limit=3",
                    "errgroup.groups[my group].limit=3",
                    "errgroup.groups[slow.things].stragglerGrace=3s",
                    "errgroups.limt=3",
                    "sample.errgroup.limt=3"
                })
        void in_any_of_its_spellings(String property, CapturedOutput output) {
            runner.withPropertyValues(property).run(context -> {
                assertThat(context).hasNotFailed();
                assertThat(output).doesNotContain("WARN");
            });
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "ERRGROUP_SHAREDLIMIT",
                    "ERRGROUP_SHARED_LIMIT",
                    "ERRGROUP_GROUPS_QUOTE_SHARED_LIMIT",
                    "ERRGROUP_GROUPS_QUOTE_SHAREDLIMIT",
                    "ERRGROUP_GROUPS_QUOTE_LIMIT",
                    "ERRGROUP_CONTEXTPROPAGATION_MDCKEYS_0"
                })
        void as_a_variable(String variable, CapturedOutput output) {
            withVariable(runner, variable, "3").run(context -> {
                assertThat(context).hasNotFailed();
                assertThat(output).doesNotContain("WARN");
            });
        }
    }

    @Nested
    class A_name_that_the_code_spells_otherwise {
        @Test
        void is_told_of_when_it_is_first_opened(CapturedOutput output) {
            withVariable(runner, "ERRGROUP_GROUPS_PAGEFETCH_LIMIT", "3").run(context -> {
                ErrGroups groups = context.getBean(ErrGroups.class);
                for (int i = 0; i < 2; i++) {
                    groups.open("page-fetch").close();
                }
                assertThat(output)
                        .containsOnlyOnce("WARN")
                        .contains("Group 'page-fetch' has no settings of its own")
                        .contains("errgroup.groups.pagefetch.*");
            });
        }

        @Test
        void is_overridden_by_the_variable_where_a_property_declares_it(CapturedOutput output) {
            withVariable(runner, "ERRGROUP_GROUPS_PAGEFETCH_LIMIT", "3")
                    .withInitializer(context -> context.getEnvironment()
                            .getPropertySources()
                            .addLast(new MapPropertySource("file", Map.of("errgroup.groups.page-fetch.limit", "7"))))
                    .run(context -> {
                        try (ErrGroup group = context.getBean(ErrGroups.class).open("page-fetch")) {
                            assertThat(group.limit()).isEqualTo(3);
                        }
                    });
            assertThat(output).doesNotContain("WARN").doesNotContain("never opened");
        }

        @Test
        void and_any_other_is_not(CapturedOutput output) {
            runner.withPropertyValues("errgroup.groups.quote.limit=3").run(context -> {
                context.getBean(ErrGroups.class).open("fetch").close();
                context.getBean(ErrGroups.class).open("quotes").close();
                assertThat(output).doesNotContain("WARN");
            });
        }
    }

    @Nested
    class A_configured_name_that_nobody_opens {
        @Test
        void is_told_of_at_shutdown(CapturedOutput output) {
            runner.withPropertyValues(
                            "errgroup.groups.quote.limit=3",
                            "errgroup.groups.stok.limit=4",
                            "errgroup.groups.b.limit=5")
                    .run(context -> {
                        context.getBean(ErrGroups.class).open("quote").close();
                        assertThat(output).doesNotContain("never opened");
                    });
            assertThat(output.getOut()).containsPattern("INFO .*2 configured groups were never opened: stok, b");
        }

        @Test
        void is_not_where_each_was_opened(CapturedOutput output) {
            runner.withPropertyValues("errgroup.groups.quote.limit=3")
                    .run(context ->
                            context.getBean(ErrGroups.class).open("quote").close());
            assertThat(output).doesNotContain("never opened");
        }
    }

    @Nested
    class An_unknown_qualifier {
        @Test
        void ends_the_start_with_the_names_and_where_they_come_from(CapturedOutput output) {
            start(Application.class, "--errgroup.groups.stock.limit=3", "--errgroup.groups.fetch.limit=4");
            assertThat(output)
                    .contains("APPLICATION FAILED TO START")
                    .contains("Field stok in " + TakesStok.class.getName()
                            + " required the group 'stok', which is not configured.")
                    .contains("- 'stock' (errgroup.groups.stock.limit, ")
                    .contains("- 'fetch' (errgroup.groups.fetch.limit, ")
                    .contains("from property source \"commandLineArgs\"")
                    .contains("Did you mean @Qualifier(\"stock\")? Otherwise set a property of the group, such as"
                            + " errgroup.groups.stok.limit, or open it by its name: ErrGroups.open(\"stok\").");
        }

        @Test
        void ends_the_start_where_none_is_configured(CapturedOutput output) {
            start(Application.class);
            assertThat(output)
                    .contains("No group is configured (errgroup.groups.<name>.*).")
                    .contains("Set a property of the group");
        }

        @Test
        void of_another_type_is_not_ours(CapturedOutput output) {
            start(OtherApplication.class);
            assertThat(output).contains("APPLICATION FAILED TO START").doesNotContain("required the group");
        }

        private void start(Class<?> source, String... arguments) {
            SpringApplication application = new SpringApplication(source);
            application.setWebApplicationType(WebApplicationType.NONE);
            try {
                application.run(arguments).close();
            } catch (RuntimeException expected) {
                return;
            }
            throw new AssertionError("it started");
        }
    }

    static class TakesStok {
        @Autowired
        @Qualifier("stok")
        ErrGroup stok;
    }

    static class TakesText {
        @Autowired
        @Qualifier("stok")
        StringBuilder text;
    }

    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration({ErrGroupAutoConfiguration.class, TakesStok.class})
    static class Application {}

    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration({ErrGroupAutoConfiguration.class, TakesText.class})
    static class OtherApplication {}
}
