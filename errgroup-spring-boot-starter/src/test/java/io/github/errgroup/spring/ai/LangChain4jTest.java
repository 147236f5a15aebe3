package io.github.errgroup.spring.ai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.agentic.AgenticServices;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.service.AiServices;
import dev.langchain4j.service.tool.ToolExecutor;
import io.github.errgroup.ErrGroups;
import io.github.errgroup.spring.autoconfigure.Contexts;
import io.github.errgroup.spring.autoconfigure.ErrGroupMetricsAutoConfiguration;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.security.authentication.TestingAuthenticationToken;
import org.springframework.security.core.context.SecurityContextHolder;

/** LangChain4j's tools and parallel agents on an executor of groups. */
@Timeout(60)
class LangChain4jTest {
    private static final int CALLS = 4;

    private final ApplicationContextRunner runner = Contexts.wired()
            .withConfiguration(AutoConfigurations.of(ErrGroupMetricsAutoConfiguration.class))
            .withBean(MeterRegistry.class, SimpleMeterRegistry::new)
            .withPropertyValues("errgroup.groups.tools.shared-limit=2");

    private final AtomicInteger running = new AtomicInteger();

    private final AtomicInteger most = new AtomicInteger();

    /** Two of its calls meet, and no third is there. */
    private final CyclicBarrier pair = new CyclicBarrier(2);

    interface Assistant {
        String answer(String question);
    }

    private Assistant assistant(ErrGroups groups, Supplier<String> tool) {
        ToolSpecification specification =
                ToolSpecification.builder().name("tool").description("a tool").build();
        ToolExecutor body = (request, memory) -> tool.get();
        return AiServices.builder(Assistant.class)
                .chatModel(new Model())
                .tools(Map.of(specification, body))
                .executeToolsConcurrently(groups.executor("tools"))
                .build();
    }

    /** Asks for the tool four times, and then says what it was told. */
    private static final class Model implements ChatModel {
        @Override
        public ChatResponse doChat(ChatRequest request) {
            List<ChatMessage> told = request.messages();
            List<String> results = told.stream()
                    .filter(ToolExecutionResultMessage.class::isInstance)
                    .map(message -> ((ToolExecutionResultMessage) message).text())
                    .toList();
            AiMessage message = !results.isEmpty()
                    ? AiMessage.from(String.join(", ", results))
                    : AiMessage.from(IntStream.range(0, CALLS)
                            .mapToObj(i -> ToolExecutionRequest.builder()
                                    .id(String.valueOf(i))
                                    .name("tool")
                                    .arguments("{\"call\":" + i + "}")
                                    .build())
                            .toList());
            return ChatResponse.builder().aiMessage(message).build();
        }
    }

    private String meet() {
        most.accumulateAndGet(running.incrementAndGet(), Math::max);
        try {
            int unused = pair.await(10, TimeUnit.SECONDS);
            return SecurityContextHolder.getContext().getAuthentication().getName();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        } finally {
            running.decrementAndGet();
        }
    }

    private static long ended(MeterRegistry meters) {
        return meters.get("errgroup.task").tag("group", "tools").timers().stream()
                .mapToLong(Timer::count)
                .sum();
    }

    private static void asAda(Runnable work) {
        SecurityContextHolder.getContext().setAuthentication(new TestingAuthenticationToken("ada", ""));
        try {
            work.run();
        } finally {
            SecurityContextHolder.clearContext();
        }
    }

    @Test
    void tools_keep_the_shared_limit_and_have_the_context_and_the_meters_add_up() {
        runner.run(context -> {
            ErrGroups groups = context.getBean(ErrGroups.class);
            asAda(() ->
                    assertThat(assistant(groups, this::meet).answer("Hello")).isEqualTo("ada, ada, ada, ada"));

            assertThat(most).as("at once").hasValue(2);
            await().until(() -> groups.live().isEmpty());
            MeterRegistry meters = context.getBean(MeterRegistry.class);
            assertThat(ended(meters)).isEqualTo(CALLS);
            assertThat(meters.get("errgroup.task.active")
                            .tag("group", "tools")
                            .gauge()
                            .value())
                    .isZero();
        });
    }

    @Test
    void parallel_agents_run_on_it() {
        runner.run(context -> {
            ErrGroups groups = context.getBean(ErrGroups.class);
            asAda(() -> {
                Object unused = AgenticServices.parallelBuilder()
                        .subAgents(
                                AgenticServices.agentAction(scope -> scope.writeState("one", meet())),
                                AgenticServices.agentAction(scope -> scope.writeState("two", meet())))
                        .executor(groups.executor("tools"))
                        .output(scope -> scope.readState("one") + " " + scope.readState("two"))
                        .build()
                        .invoke(Map.of());
                assertThat(unused).isEqualTo("ada ada");
            });
            await().until(() -> groups.live().isEmpty());
            assertThat(ended(context.getBean(MeterRegistry.class))).isEqualTo(2);
        });
    }

    @Test
    void nothing_runs_after_the_shutdown() {
        AtomicInteger ran = new AtomicInteger();
        runner.run(context -> {
            Assistant assistant =
                    assistant(context.getBean(ErrGroups.class), () -> String.valueOf(ran.incrementAndGet()));
            context.getSourceApplicationContext().close();

            assertThatExceptionOfType(RejectedExecutionException.class)
                    .isThrownBy(() -> assistant.answer("Hello"))
                    .withMessageContaining(
                            "executor 'tools' did not start the task: group 'tools' was cancelled: the application shuts down");
        });
        assertThat(ran).hasValue(0);
    }
}
