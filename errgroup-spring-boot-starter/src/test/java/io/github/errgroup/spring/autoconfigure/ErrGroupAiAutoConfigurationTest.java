package io.github.errgroup.spring.autoconfigure;

import static io.github.errgroup.spring.ai.Tools.asksFor;
import static io.github.errgroup.spring.ai.Tools.responses;
import static io.github.errgroup.spring.ai.Tools.tool;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.errgroup.spring.ai.ErrGroupToolCallingManager;
import io.github.errgroup.spring.ai.Tools;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.ai.chat.client.ChatClient;
import org.springframework.ai.chat.messages.UserMessage;
import org.springframework.ai.chat.model.ChatModel;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.ai.model.chat.client.autoconfigure.ChatClientAutoConfiguration;
import org.springframework.ai.model.tool.ToolCallingChatOptions;
import org.springframework.ai.model.tool.ToolCallingManager;
import org.springframework.ai.model.tool.ToolExecutionResult;
import org.springframework.ai.model.tool.autoconfigure.ToolCallingAutoConfiguration;
import org.springframework.ai.tool.ToolCallback;
import org.springframework.ai.tool.definition.ToolDefinition;
import org.springframework.ai.tool.execution.ToolExecutionExceptionProcessor;
import org.springframework.ai.tool.observation.ToolCallingObservationContext;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.security.authentication.TestingAuthenticationToken;
import org.springframework.security.core.context.SecurityContextHolder;

@Timeout(60)
class ErrGroupAiAutoConfigurationTest {
    private final ApplicationContextRunner runner = Contexts.wired()
            .withConfiguration(AutoConfigurations.of(
                    ErrGroupMetricsAutoConfiguration.class,
                    ErrGroupAiAutoConfiguration.class,
                    ToolCallingAutoConfiguration.class,
                    ChatClientAutoConfiguration.class));

    private static Prompt promptWith(ToolCallback... tools) {
        return new Prompt(
                new UserMessage("Hello"),
                ToolCallingChatOptions.builder().toolCallbacks(tools).build());
    }

    /** A tool that returns once two of its calls have met. */
    private static ToolCallback meeting() {
        CyclicBarrier both = new CyclicBarrier(2);
        return tool("meets", () -> "met" + both.await(10, TimeUnit.SECONDS) / 2);
    }

    @Test
    void the_manager_of_Spring_AI_is_wrapped_and_stays_the_only_one() {
        runner.run(context -> {
            assertThat(context).hasSingleBean(ToolCallingManager.class);
            assertThat(context.getBean(ToolCallingManager.class)).isInstanceOf(ErrGroupToolCallingManager.class);
        });
    }

    @Test
    void without_groups_the_manager_stays_as_it_is() {
        new ApplicationContextRunner()
                .withConfiguration(
                        AutoConfigurations.of(ErrGroupAiAutoConfiguration.class, ToolCallingAutoConfiguration.class))
                .run(context -> assertThat(context.getBean(ToolCallingManager.class))
                        .isNotInstanceOf(ErrGroupToolCallingManager.class));
    }

    @Test
    void the_applications_own_manager_is_wrapped() {
        ToolCallingManager own = new ToolCallingManager() {
            @Override
            public List<ToolDefinition> resolveToolDefinitions(ToolCallingChatOptions options) {
                return List.of();
            }

            @Override
            public ToolExecutionResult executeToolCalls(Prompt prompt, ChatResponse response) {
                throw new UnsupportedOperationException("mine");
            }
        };
        runner.withBean("own", ToolCallingManager.class, () -> own)
                .run(context -> assertThat(context.getBean(ToolCallingManager.class))
                        .isInstanceOf(ErrGroupToolCallingManager.class)
                        .hasToString("ErrGroupToolCallingManager[" + own + "]"));
    }

    @Test
    void one_that_the_application_wraps_itself_is_left_alone() {
        runner.withBean(
                        "own",
                        ToolCallingManager.class,
                        () -> new ErrGroupToolCallingManager(
                                io.github.errgroup.ErrGroups.of(unchanged -> {}),
                                ToolCallingManager.builder().build(),
                                Throwable::getMessage))
                .run(context -> assertThat(
                                context.getBean(ToolCallingManager.class).toString())
                        .containsOnlyOnce("ErrGroupToolCallingManager["));
    }

    @Test
    void it_is_off_on_request() {
        runner.withPropertyValues("errgroup.ai.enabled=false")
                .run(context -> assertThat(context.getBean(ToolCallingManager.class))
                        .isNotInstanceOf(ErrGroupToolCallingManager.class));
    }

    @Test
    void without_Spring_AI_there_is_nothing_of_it() {
        Contexts.wired()
                .withConfiguration(AutoConfigurations.of(ErrGroupAiAutoConfiguration.class))
                .withClassLoader(new FilteredClassLoader("org.springframework.ai"))
                .run(context -> assertThat(context)
                        .hasNotFailed()
                        .doesNotHaveBean(ErrGroupAiAutoConfiguration.class)
                        .doesNotHaveBean("errGroupToolCallingManagers"));
    }

    @Test
    void properties_of_the_group_hold_and_its_meters_add_up() {
        runner.withBean(MeterRegistry.class, SimpleMeterRegistry::new)
                .withPropertyValues("errgroup.groups.ai-tools.limit=1", "errgroup.groups.ai-tools.task-timeout=50ms")
                .run(context -> {
                    ToolCallback stuck = tool("stuck", () -> {
                        new CountDownLatch(1).await();
                        return "never";
                    });
                    ToolCallback quick = tool("quick", () -> "done");

                    assertThat(responses(context.getBean(ToolCallingManager.class)
                                    .executeToolCalls(promptWith(stuck, quick), asksFor("stuck", "quick"))))
                            .satisfiesExactly(
                                    first -> assertThat(first).contains("taskTimeout of PT0.05S"),
                                    second -> assertThat(second).isEqualTo("1 quick: done"));
                    MeterRegistry meters = context.getBean(MeterRegistry.class);
                    assertThat(meters.get("errgroup.task")
                                    .tag("group", "ai-tools")
                                    .timers())
                            .extracting(timer -> timer.getId().getTag("outcome") + " " + timer.count())
                            .containsExactlyInAnyOrder("success 1", "failure 1", "cancelled 0");
                });
    }

    @Test
    void the_applications_exception_processor_words_what_was_late() {
        runner.withPropertyValues("errgroup.groups.ai-tools.task-timeout=20ms")
                .withBean(
                        ToolExecutionExceptionProcessor.class,
                        () -> thrown -> thrown.getToolDefinition().name() + " was too slow")
                .run(context -> assertThat(responses(context.getBean(ToolCallingManager.class)
                                .executeToolCalls(
                                        promptWith(tool("stuck", () -> {
                                            new CountDownLatch(1).await();
                                            return "never";
                                        })),
                                        asksFor("stuck"))))
                        .containsExactly("0 stuck: stuck was too slow"));
    }

    @Test
    void the_logged_in_user_is_the_same_in_every_tool() {
        runner.run(context -> {
            ToolCallback who = tool(
                    "who",
                    () -> SecurityContextHolder.getContext().getAuthentication().getName());
            SecurityContextHolder.getContext().setAuthentication(new TestingAuthenticationToken("ada", ""));
            try {
                assertThat(responses(context.getBean(ToolCallingManager.class)
                                .executeToolCalls(promptWith(who), asksFor("who", "who"))))
                        .containsExactly("0 who: ada", "1 who: ada");
            } finally {
                SecurityContextHolder.clearContext();
            }
        });
    }

    @Test
    void each_tools_observation_is_below_the_callers() {
        List<String> parents = new CopyOnWriteArrayList<>();
        ObservationRegistry observations = ObservationRegistry.create();
        observations.observationConfig().observationHandler(new ObservationHandler<ToolCallingObservationContext>() {
            @Override
            public void onStart(ToolCallingObservationContext tool) {
                parents.add(tool.getToolDefinition().name() + " below "
                        + tool.getParentObservation().getContextView().getName());
            }

            @Override
            public boolean supportsContext(Observation.Context any) {
                return any instanceof ToolCallingObservationContext;
            }
        });
        runner.withBean(ObservationRegistry.class, () -> observations).run(context -> {
            ToolCallingManager manager = context.getBean(ToolCallingManager.class);
            Observation.createNotStarted("request", observations)
                    .observe(() -> manager.executeToolCalls(promptWith(meeting()), asksFor("meets", "meets")));
        });
        assertThat(parents).containsExactly("meets below request", "meets below request");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void a_chat_gives_the_model_what_tools_side_by_side_have_found(boolean streaming) {
        runner.withBean(ChatModel.class, () -> Tools.modelThatAsksFor("meets", "meets"))
                .run(context -> {
                    ChatClient.ChatClientRequestSpec request = context.getBean(ChatClient.Builder.class)
                            .build()
                            .prompt("Hello")
                            .tools(meeting());

                    String said = streaming
                            ? String.join(
                                    "", request.stream().content().collectList().block())
                            : request.call().content();

                    assertThat(said).isEqualTo("0 meets: met0, 1 meets: met0");
                });
    }
}
