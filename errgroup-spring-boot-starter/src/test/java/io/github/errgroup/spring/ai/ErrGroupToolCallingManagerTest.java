package io.github.errgroup.spring.ai;

import static io.github.errgroup.spring.ai.Tools.asksFor;
import static io.github.errgroup.spring.ai.Tools.direct;
import static io.github.errgroup.spring.ai.Tools.promptWith;
import static io.github.errgroup.spring.ai.Tools.responses;
import static io.github.errgroup.spring.ai.Tools.tool;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.errgroup.CancelReason;
import io.github.errgroup.ErrGroup;
import io.github.errgroup.ErrGroupException;
import io.github.errgroup.ErrGroupOptions;
import io.github.errgroup.ErrGroups;
import io.github.errgroup.GroupListener;
import io.github.errgroup.ParentCancelledException;
import io.github.errgroup.SharedLimit;
import io.github.errgroup.Subtask;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.messages.UserMessage;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.model.Generation;
import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.ai.model.tool.DefaultToolCallingManager;
import org.springframework.ai.model.tool.ToolCallLimitBehavior;
import org.springframework.ai.model.tool.ToolCallLimitExceededException;
import org.springframework.ai.model.tool.ToolCallingChatOptions;
import org.springframework.ai.model.tool.ToolCallingManager;
import org.springframework.ai.model.tool.ToolExecutionResult;
import org.springframework.ai.model.tool.internal.ToolCallReactiveContextHolder;
import org.springframework.ai.tool.ToolCallback;
import org.springframework.ai.tool.definition.ToolDefinition;
import org.springframework.ai.tool.execution.DefaultToolExecutionExceptionProcessor;
import org.springframework.ai.tool.execution.ToolExecutionException;
import org.springframework.ai.tool.resolution.StaticToolCallbackResolver;
import reactor.util.context.Context;

/** What Spring AI's tests ask of its manager, and what only one asks that runs the calls of an answer side by side. */
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ErrGroupToolCallingManagerTest {
    private final List<String> tasks = new CopyOnWriteArrayList<>();

    private ErrGroups groups;

    private ToolCallingManager manager(
            Consumer<DefaultToolCallingManager.Builder> theirs, Consumer<ErrGroupOptions.Builder> ours) {
        DefaultToolCallingManager.Builder builder = ToolCallingManager.builder();
        theirs.accept(builder);
        groups = ErrGroups.of(o -> ours.accept(o.listener(this::taskNames)));
        return new ErrGroupToolCallingManager(
                groups,
                builder.build(),
                DefaultToolExecutionExceptionProcessor.builder().build());
    }

    private GroupListener taskNames(ErrGroup group) {
        return new GroupListener() {
            @Override
            public void onTaskEnd(Subtask<?> task, long nanos) {
                tasks.add(group.name() + "/" + task.name());
            }
        };
    }

    private ToolCallingManager manager() {
        return manager(unchanged -> {}, unchanged -> {});
    }

    @AfterEach
    void no_group_is_left_open() {
        assertThat(groups == null ? List.of() : groups.live()).isEmpty();
    }

    private static ToolCallback[] named(String... names) {
        return Arrays.stream(names).map(name -> tool(name, () -> "of " + name)).toArray(ToolCallback[]::new);
    }

    @Nested
    class As_the_sequential_one {
        @Test
        void definitions_are_those_of_the_options() {
            ToolCallback a = tool("a", () -> "");

            assertThat(manager()
                            .resolveToolDefinitions(ToolCallingChatOptions.builder()
                                    .toolCallbacks(a)
                                    .build()))
                    .extracting(ToolDefinition::name)
                    .containsExactly("a");
        }

        @Test
        void bad_arguments_are_refused_in_its_words() {
            ToolCallingManager manager = manager();
            Prompt prompt = promptWith();

            assertThatIllegalArgumentException()
                    .isThrownBy(() -> manager.executeToolCalls(null, asksFor("a")))
                    .withMessage("prompt cannot be null");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> manager.executeToolCalls(prompt, null))
                    .withMessage("chatResponse cannot be null");
            assertThatIllegalStateException()
                    .isThrownBy(() -> manager.executeToolCalls(
                            prompt,
                            ChatResponse.builder().generations(List.of()).build()))
                    .withMessage("No tool call requested by the chat model");
        }

        @Test
        void one_call_is_executed_in_a_task_of_its_name() {
            ToolExecutionResult result = manager().executeToolCalls(promptWith(named("a")), asksFor("a"));

            assertThat(responses(result)).containsExactly("0 a: of a");
            assertThat(result.returnDirect()).isFalse();
            assertThat(tasks).containsExactly("ai-tools/a");
        }

        @Test
        void the_history_is_the_prompt_then_the_answer_then_the_responses() {
            Prompt prompt = promptWith(named("a", "b"));
            ChatResponse answer = asksFor("b", "a", "b");

            ToolExecutionResult result = manager().executeToolCalls(prompt, answer);

            assertThat(result.conversationHistory())
                    .isEqualTo(ToolCallingManager.builder()
                            .build()
                            .executeToolCalls(prompt, answer)
                            .conversationHistory());
            assertThat(responses(result)).containsExactly("0 b: of b", "1 a: of a", "2 b: of b");
        }

        @Test
        void the_first_generation_with_calls_counts() {
            ChatResponse answer = ChatResponse.builder()
                    .generations(List.of(
                            new Generation(new AssistantMessage("I think")),
                            asksFor("a", "b").getResult(),
                            asksFor("never").getResult()))
                    .build();

            assertThat(responses(manager().executeToolCalls(promptWith(named("a", "b")), answer)))
                    .containsExactly("0 a: of a", "1 b: of b");
        }

        @Test
        void it_returns_directly_only_if_all_do() {
            ToolCallback a = direct("a", () -> "1");
            ToolCallback b = direct("b", () -> "2");
            ToolCallback c = tool("c", () -> "3");
            Prompt prompt = promptWith(a, b, c);

            assertThat(manager().executeToolCalls(prompt, asksFor("a")).returnDirect())
                    .isTrue();
            assertThat(manager().executeToolCalls(prompt, asksFor("a", "b")).returnDirect())
                    .isTrue();
            assertThat(manager().executeToolCalls(prompt, asksFor("a", "c")).returnDirect())
                    .isFalse();
        }

        @Test
        void an_unknown_tool_is_an_exception_after_the_others_have_ended() {
            assertThatIllegalStateException()
                    .isThrownBy(() -> manager().executeToolCalls(promptWith(named("a")), asksFor("wrong", "a")))
                    .withMessage("No ToolCallback found for tool name: wrong");
            assertThat(tasks).contains("ai-tools/a");
        }

        @Test
        void a_tool_that_the_request_does_not_have_is_resolved_if_that_is_allowed() {
            ToolCallingManager manager = manager(
                    theirs -> theirs.toolCallbackResolver(new StaticToolCallbackResolver(List.of(named("a"))))
                            .resolutionFallbackEnabled(true),
                    unchanged -> {});

            assertThat(responses(manager.executeToolCalls(promptWith(), asksFor("a", "a"))))
                    .containsExactly("0 a: of a", "1 a: of a");
        }

        @Test
        void a_failing_tool_has_its_error_as_response_and_the_others_go_on() {
            ToolCallback bad = tool("bad", () -> {
                throw new IllegalStateException("You failed this city!");
            });
            ToolCallback[] good = named("a", "b");

            assertThat(responses(
                            manager().executeToolCalls(promptWith(good[0], bad, good[1]), asksFor("a", "bad", "b"))))
                    .containsExactly("0 a: of a", "1 bad: You failed this city!", "2 b: of b");
        }

        @Test
        void what_the_exception_processor_rethrows_is_thrown_as_itself() {
            IOException cause = new IOException("unplugged");
            ToolCallback bad = tool("bad", () -> {
                throw cause;
            });

            assertThatExceptionOfType(ToolExecutionException.class)
                    .isThrownBy(() -> manager().executeToolCalls(promptWith(bad, named("a")[0]), asksFor("a", "bad")))
                    .withCause(cause);
        }

        @Test
        void an_Error_is_thrown_as_itself() {
            ToolCallback bad = Tools.withContext("bad", (input, context) -> {
                throw new AssertionError("mine");
            });

            assertThatExceptionOfType(AssertionError.class)
                    .isThrownBy(() -> manager().executeToolCalls(promptWith(bad), asksFor("bad")))
                    .withMessage("mine");
        }

        @Test
        void the_ToolContext_is_that_of_the_options() {
            ToolCallback who = Tools.withContext(
                    "who", (input, context) -> input + context.getContext().get("tenant"));
            Prompt prompt = new Prompt(
                    new UserMessage("Hello"),
                    ToolCallingChatOptions.builder()
                            .toolCallbacks(who)
                            .toolContext(Map.of("tenant", "acme"))
                            .build());

            assertThat(responses(manager().executeToolCalls(prompt, asksFor("who", "who"))))
                    .containsExactly("0 who: {}acme", "1 who: {}acme");
        }
    }

    @Nested
    class Limits_of_calls {
        private final AtomicInteger executed = new AtomicInteger();

        private final Prompt prompt = promptWith(
                direct("a", () -> "call " + executed.incrementAndGet()),
                direct("b", () -> "call " + executed.incrementAndGet()));

        private ToolCallingManager limitedTo(int perTool, int total, ToolCallLimitBehavior behavior) {
            return manager(
                    theirs -> theirs.maxCallsPerTool(perTool)
                            .maxTotalToolCalls(total)
                            .onLimitExceeded(behavior),
                    o -> o.limit(1));
        }

        @Test
        void calls_of_one_answer_count_per_tool() {
            ToolExecutionResult result = limitedTo(1, 9, ToolCallLimitBehavior.RETURN_ERROR_RESPONSE)
                    .executeToolCalls(prompt, asksFor("a", "a", "b"));

            assertThat(responses(result))
                    .satisfiesExactly(
                            first -> assertThat(first).isEqualTo("0 a: call 1"),
                            second -> assertThat(second).startsWith("1 a: Tool call limit (1) exceeded for tool 'a'"),
                            third -> assertThat(third).isEqualTo("2 b: call 2"));
            assertThat(result.returnDirect()).as("as without the one too many").isTrue();
        }

        @Test
        void calls_of_one_answer_count_in_total_and_with_those_before() {
            ToolCallingManager manager = limitedTo(9, 3, ToolCallLimitBehavior.RETURN_ERROR_RESPONSE);
            ToolExecutionResult first = manager.executeToolCalls(prompt, asksFor("a", "b"));

            ToolExecutionResult second = manager.executeToolCalls(
                    new Prompt(first.conversationHistory(), prompt.getOptions()), asksFor("b", "a"));

            assertThat(responses(second).get(0)).isEqualTo("0 b: call 3");
            assertThat(responses(second).get(1)).startsWith("1 a: Total tool call limit (3) exceeded");
            assertThat(executed).hasValue(3);
        }

        @Test
        void one_too_many_is_thrown_with_the_responses_before_it() {
            ToolCallLimitExceededException thrown = catchThrowableOfType(
                    ToolCallLimitExceededException.class,
                    () -> limitedTo(1, 9, ToolCallLimitBehavior.THROW)
                            .executeToolCalls(prompt, asksFor("a", "b", "a", "b")));

            assertThat(thrown.getToolName()).isEqualTo("a");
            assertThat(thrown.getLimit()).isOne();
            assertThat(responses(thrown.getPartialToolExecutionResult()))
                    .hasSize(3)
                    .startsWith("0 a: call 1", "1 b: call 2")
                    .last()
                    .asString()
                    .startsWith("2 a: Tool call limit (1) exceeded");
            assertThat(thrown.getPartialToolExecutionResult().returnDirect()).isTrue();
            assertThat(thrown.buildGeneration().getOutput().getText()).startsWith("Tool call limit (1)");
        }
    }

    @Nested
    class Side_by_side {
        @Test
        void five_tools_overlap() {
            CyclicBarrier all = new CyclicBarrier(5);
            ToolCallback meets = tool("meets", () -> "met by " + all.await(10, TimeUnit.SECONDS) / 5);

            assertThat(responses(manager()
                            .executeToolCalls(promptWith(meets), asksFor("meets", "meets", "meets", "meets", "meets"))))
                    .containsExactlyElementsOf(IntStream.range(0, 5)
                            .mapToObj(i -> i + " meets: met by 0")
                            .toList());
        }

        @Test
        void the_responses_stand_in_the_order_of_the_calls_whichever_ends_first() {
            CountDownLatch second = new CountDownLatch(1);
            ToolCallback slow = tool("slow", () -> {
                second.await();
                return "late";
            });
            ToolCallback fast = tool("fast", () -> {
                second.countDown();
                return "early";
            });

            assertThat(responses(manager().executeToolCalls(promptWith(slow, fast), asksFor("slow", "fast"))))
                    .containsExactly("0 slow: late", "1 fast: early");
        }

        @Test
        void an_interrupt_of_the_caller_cancels_all_five() throws Exception {
            CountDownLatch running = new CountDownLatch(5);
            AtomicInteger interrupted = new AtomicInteger();
            ToolCallback stuck = tool("stuck", () -> {
                running.countDown();
                try {
                    new CountDownLatch(1).await();
                    return "never";
                } catch (InterruptedException e) {
                    interrupted.incrementAndGet();
                    throw new IllegalStateException(e);
                }
            });
            ToolCallingManager manager = manager();
            FutureTask<Boolean> call = new FutureTask<>(() -> {
                assertThatExceptionOfType(ErrGroupException.class)
                        .isThrownBy(() -> manager.executeToolCalls(
                                promptWith(stuck), asksFor("stuck", "stuck", "stuck", "stuck", "stuck")))
                        .satisfies(thrown -> assertThat(thrown.reason()).isEqualTo(CancelReason.INTERRUPTED));
                return Thread.currentThread().isInterrupted();
            });
            Thread caller = new Thread(call, "caller");
            caller.start();
            running.await();

            caller.interrupt();

            assertThat(call.get(10, TimeUnit.SECONDS)).as("flag").isTrue();
            assertThat(interrupted).hasValue(5);
        }

        @Test
        void the_group_above_cancels_them() throws Exception {
            CountDownLatch running = new CountDownLatch(1);
            ToolCallback stuck = tool("stuck", () -> {
                running.countDown();
                new CountDownLatch(1).await();
                return "never";
            });
            ToolCallingManager manager = manager();
            try (ErrGroup above = groups.open("chat")) {
                Subtask<?> chat = above.go(() -> manager.executeToolCalls(promptWith(stuck), asksFor("stuck")));
                running.await();
                above.cancel();
                assertThatExceptionOfType(ErrGroupException.class).isThrownBy(above::await);
                assertThat(chat.exception()).isInstanceOf(ParentCancelledException.class);
            }
        }

        @Test
        void a_slow_tool_has_its_timeout_as_response() {
            ToolCallingManager manager = manager(unchanged -> {}, o -> o.taskTimeout(Duration.ofMillis(50)));
            ToolCallback hears = tool("hears", () -> {
                try {
                    new CountDownLatch(1).await();
                    return "never";
                } catch (InterruptedException e) {
                    throw new IllegalStateException("sleep interrupted", e);
                }
            });
            ToolCallback throwsIt = tool("throws", () -> {
                new CountDownLatch(1).await();
                return "never";
            });
            ToolCallback secret = direct("secret", () -> "not for the model");

            assertThat(responses(manager.executeToolCalls(
                            promptWith(hears, throwsIt, named("a")[0]), asksFor("hears", "a", "throws"))))
                    .containsExactly(
                            "0 hears: task 'hears' (#0) ran for longer than its taskTimeout of PT0.05S",
                            "1 a: of a",
                            "2 throws: task 'throws' (#2) ran for longer than its taskTimeout of PT0.05S");
            ToolCallback late = direct("late", () -> {
                new CountDownLatch(1).await();
                return "never";
            });
            assertThat(manager.executeToolCalls(promptWith(secret, late), asksFor("secret", "late"))
                            .returnDirect())
                    .as("what one of them has found")
                    .isTrue();
        }

        @Test
        void past_the_timeout_of_the_group_what_has_come_is_there() {
            ToolCallingManager manager = manager(unchanged -> {}, o -> o.timeout(Duration.ofMillis(50)));
            ToolCallback stuck = tool("stuck", () -> {
                new CountDownLatch(1).await();
                return "never";
            });

            assertThat(responses(manager.executeToolCalls(promptWith(stuck, named("a")[0]), asksFor("a", "stuck"))))
                    .containsExactly(
                            "0 a: of a", "1 stuck: tool 'stuck' did not end before the timeout of group 'ai-tools'");
        }

        @Test
        void limit_and_shared_limit_hold_and_what_has_no_slot_in_time_says_so() throws Exception {
            SharedLimit quota = new SharedLimit(1);
            ToolCallingManager manager =
                    manager(unchanged -> {}, o -> o.sharedLimit(quota).limitWait(Duration.ZERO));
            CountDownLatch end = new CountDownLatch(1);
            CountDownLatch running = new CountDownLatch(1);
            ToolCallback slow = tool("slow", () -> {
                running.countDown();
                end.await();
                return "done";
            });
            FutureTask<List<String>> first =
                    new FutureTask<>(() -> responses(manager.executeToolCalls(promptWith(slow), asksFor("slow"))));
            new Thread(first, "first").start();
            running.await();

            List<String> second = responses(manager.executeToolCalls(promptWith(named("a")), asksFor("a")));

            assertThat(second).singleElement().asString().contains("0 a: ", "the shared limit of 1 task was reached");
            end.countDown();
            assertThat(first.get()).containsExactly("0 slow: done");
        }

        @Test
        void the_reactive_context_of_a_stream_is_there_in_every_tool_and_nowhere_after() {
            ToolCallback reads = tool(
                    "reads", () -> ToolCallReactiveContextHolder.getContext().getOrDefault("trace", "none"));
            ToolCallReactiveContextHolder.setContext(Context.of("trace", "t1"));
            try {
                assertThat(responses(manager(unchanged -> {}, o -> o.limit(1))
                                .executeToolCalls(promptWith(reads), asksFor("reads", "reads"))))
                        .containsExactly("0 reads: t1", "1 reads: t1");
                assertThat(ToolCallReactiveContextHolder.getContext().<String>get("trace"))
                        .isEqualTo("t1");
            } finally {
                ToolCallReactiveContextHolder.clearContext();
            }
        }

        @Test
        void a_manager_whose_history_ends_otherwise_is_named() {
            ToolCallingManager odd = new ToolCallingManager() {
                @Override
                public List<ToolDefinition> resolveToolDefinitions(ToolCallingChatOptions options) {
                    return List.of();
                }

                @Override
                public ToolExecutionResult executeToolCalls(Prompt prompt, ChatResponse response) {
                    return ToolExecutionResult.builder().build();
                }
            };
            ErrGroups plain = ErrGroups.of(unchanged -> {});

            assertThatIllegalStateException()
                    .isThrownBy(() -> new ErrGroupToolCallingManager(
                                    plain,
                                    odd,
                                    DefaultToolExecutionExceptionProcessor.builder()
                                            .build())
                            .executeToolCalls(promptWith(), asksFor("a")))
                    .withMessageContaining("must end with a ToolResponseMessage");
        }
    }
}
