package io.github.errgroup.spring.ai;

import io.github.errgroup.CancelReason;
import io.github.errgroup.ErrGroup;
import io.github.errgroup.ErrGroupException;
import io.github.errgroup.ErrGroups;
import io.github.errgroup.GroupContext;
import io.github.errgroup.LimitExceededException;
import io.github.errgroup.ParentCancelledException;
import io.github.errgroup.Subtask;
import java.lang.reflect.UndeclaredThrowableException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.messages.AssistantMessage.ToolCall;
import org.springframework.ai.chat.messages.Message;
import org.springframework.ai.chat.messages.ToolResponseMessage;
import org.springframework.ai.chat.messages.ToolResponseMessage.ToolResponse;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.model.Generation;
import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.ai.model.tool.ToolCallLimitExceededException;
import org.springframework.ai.model.tool.ToolCallingChatOptions;
import org.springframework.ai.model.tool.ToolCallingManager;
import org.springframework.ai.model.tool.ToolExecutionResult;
import org.springframework.ai.model.tool.internal.ToolCallReactiveContextHolder;
import org.springframework.ai.tool.ToolCallback;
import org.springframework.ai.tool.definition.ToolDefinition;
import org.springframework.ai.tool.execution.ToolExecutionException;
import org.springframework.ai.tool.execution.ToolExecutionExceptionProcessor;
import reactor.util.context.ContextView;

/**
 * Runs the tool calls of one answer side by side, in a group named {@value #GROUP}, and leaves each call to another manager:
 *
 * <pre>{@code
 * import io.github.errgroup.spring.ai.ErrGroupToolCallingManager;
 * import org.springframework.ai.model.tool.ToolCallingManager;
 * import org.springframework.ai.tool.execution.DefaultToolExecutionExceptionProcessor;
 *
 * ToolCallingManager manager = new ErrGroupToolCallingManager(
 *         groups, ToolCallingManager.builder().build(), DefaultToolExecutionExceptionProcessor.builder().build());
 * }</pre>
 *
 * <p>With Spring Boot every {@code ToolCallingManager} bean is one of these, around the bean. The responses come in the order of
 * the calls. All calls go on when one fails: what the manager makes of a tool's exception is that call's response. A tool
 * that ends past the group's {@code task-timeout} or {@code timeout}, or has no slot within {@code limit-wait}, has an error as
 * its response, which the exception processor makes. What the manager throws is thrown when all calls have ended; if it
 * throws for several calls, what it threw for the first of them.
 *
 * <p><b>Blocking.</b> {@code executeToolCalls} blocks until every tool has ended. <b>Cancellation.</b> An interrupt of the
 * caller, a cancellation of the group that it is a task of, and a shutdown cancel all tools, and are thrown. <b>Thread-safety.</b> As
 * the manager's.
 */
public final class ErrGroupToolCallingManager implements ToolCallingManager {
    /** The name of the groups. */
    public static final String GROUP = "ai-tools";

    private final ErrGroups groups;

    private final ToolCallingManager manager;

    private final Supplier<ToolExecutionExceptionProcessor> errors;

    /**
     * A manager.
     *
     * @param groups opens the groups
     * @param manager executes a single call, and resolves the tools
     * @param errors makes the response of a call that was late
     */
    public ErrGroupToolCallingManager(
            ErrGroups groups, ToolCallingManager manager, ToolExecutionExceptionProcessor errors) {
        this(groups, manager, () -> errors);
        Objects.requireNonNull(errors, "errors");
    }

    /**
     * A manager whose exception processor is asked for when it is first needed.
     *
     * @param groups opens the groups
     * @param manager executes a single call, and resolves the tools
     * @param errors gives what makes the response of a call that was late
     */
    public ErrGroupToolCallingManager(
            ErrGroups groups, ToolCallingManager manager, Supplier<ToolExecutionExceptionProcessor> errors) {
        this.groups = Objects.requireNonNull(groups, "groups");
        this.manager = Objects.requireNonNull(manager, "manager");
        this.errors = Objects.requireNonNull(errors, "errors");
    }

    @Override
    public List<ToolDefinition> resolveToolDefinitions(ToolCallingChatOptions chatOptions) {
        return manager.resolveToolDefinitions(chatOptions);
    }

    /**
     * Executes the tool calls of the first generation that has some.
     *
     * @throws ToolCallLimitExceededException a call is beyond the manager's limits
     * @throws ErrGroupException the thread was interrupted (its flag is set again), or the application stops
     * @throws ParentCancelledException the group that this thread runs a task of was cancelled
     */
    @Override
    public ToolExecutionResult executeToolCalls(Prompt prompt, ChatResponse chatResponse) {
        List<Call> calls = prompt == null || chatResponse == null ? List.of() : Call.of(prompt, chatResponse);
        if (calls.isEmpty()) {
            return manager.executeToolCalls(prompt, chatResponse); // which says what is wrong
        }
        Responses responses = new Responses();
        List<Subtask<ToolExecutionResult>> tasks = execute(calls);
        for (int i = 0; i < tasks.size(); i++) {
            add(calls.get(i), tasks.get(i), responses, prompt);
        }
        return responses.toResult(prompt, calls.get(0).asked());
    }

    private List<Subtask<ToolExecutionResult>> execute(List<Call> calls) {
        ContextView reactive = ToolCallReactiveContextHolder.getContext();
        // Every call goes on when another one throws, as the responses before it are wanted for a limit's partial
        // result.
        try (ErrGroup group = groups.open(
                GROUP, options -> options.cancelOnError(false).tolerate(0).enough(0))) {
            List<Subtask<ToolExecutionResult>> tasks =
                    group.map(calls, Call::name, call -> execute(call, group.context(), reactive));
            try {
                group.settle();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            CancelReason reason = group.context().reason();
            if (reason != null && reason != CancelReason.TIMEOUT) {
                group.awaitUnchecked();
            }
            return tasks;
        }
    }

    /**
     * One call, in its task. Past the deadline it fails whatever the manager has returned: that may be the text of the
     * exception with which the tool has answered the interrupt.
     */
    private ToolExecutionResult execute(Call call, GroupContext context, ContextView reactive) {
        ToolCallReactiveContextHolder.setContext(reactive);
        try {
            ToolExecutionResult result = manager.executeToolCalls(call.prompt(), call.response());
            context.throwIfCancelled();
            return result;
        } finally {
            ToolCallReactiveContextHolder.clearContext();
        }
    }

    private void add(Call call, Subtask<ToolExecutionResult> task, Responses responses, Prompt prompt) {
        if (task.state() == Subtask.State.SUCCEEDED) {
            ToolExecutionResult result = task.get();
            responses.add(responsesIn(result), result.returnDirect() || call.returnsDirect(), result.returnDirect());
            return;
        }
        Throwable failure = task.exception();
        if (task.state() == Subtask.State.FAILED
                && !(failure instanceof TimeoutException || failure instanceof LimitExceededException)) {
            throw thrown(failure, call, responses, prompt);
        }
        String why = failure instanceof LimitExceededException || failure instanceof TimeoutException
                ? failure.getMessage()
                : "tool '" + call.name() + "' did not end before the timeout of group '" + GROUP + "'";
        String text = errors.get()
                .process(new ToolExecutionException(
                        call.definition(),
                        // The processor makes no response of a checked exception.
                        failure instanceof LimitExceededException limit
                                ? limit
                                : new CompletionException(why, failure)));
        responses.add(List.of(response(call.toolCall(), text)), call.returnsDirect(), false);
    }

    private RuntimeException thrown(@Nullable Throwable failure, Call call, Responses responses, Prompt prompt) {
        if (failure instanceof ToolCallLimitExceededException exceeded) {
            responses.add(responsesIn(exceeded.getPartialToolExecutionResult()), true, false);
            ToolCallLimitExceededException all = new ToolCallLimitExceededException(
                    exceeded.getToolName(), exceeded.getLimit(), responses.toResult(prompt, call.asked()));
            all.initCause(exceeded);
            return all;
        }
        return failure instanceof RuntimeException unchecked ? unchecked : new UndeclaredThrowableException(failure);
    }

    private List<ToolResponse> responsesIn(ToolExecutionResult result) {
        List<Message> history = result.conversationHistory();
        if (!history.isEmpty() && history.get(history.size() - 1) instanceof ToolResponseMessage message) {
            return message.getResponses();
        }
        throw new IllegalStateException(manager.getClass().getName()
                + ".executeToolCalls: the conversation history must end with a ToolResponseMessage, for the responses to be"
                + " joined; set errgroup.ai.enabled=false to call the tools one after the other");
    }

    private static ToolResponse response(ToolCall call, @Nullable String text) {
        return new ToolResponse(call.id(), call.name(), text == null ? "" : text);
    }

    /** The manager, by name. */
    @Override
    public String toString() {
        return "ErrGroupToolCallingManager[" + manager + "]";
    }

    /**
     * One tool call of an answer, as an answer of its own.
     *
     * @param prompt the prompt, with the calls before this one as if they had been answered: the manager counts them
     * @param asked the message with all calls
     * @param tool null where the options do not have it
     */
    private record Call(
            ToolCall toolCall,
            Prompt prompt,
            ChatResponse response,
            AssistantMessage asked,
            @Nullable ToolCallback tool) {

        static List<Call> of(Prompt prompt, ChatResponse response) {
            Generation asking = response.getResults().stream()
                    .filter(generation -> generation.getOutput().hasToolCalls())
                    .findFirst()
                    .orElse(null);
            if (asking == null) {
                return List.of();
            }
            AssistantMessage asked = asking.getOutput();
            List<ToolCall> all = asked.getToolCalls();
            List<Call> calls = new ArrayList<>();
            for (int i = 0; i < all.size(); i++) {
                ToolCall one = all.get(i);
                calls.add(new Call(
                        one,
                        i == 0 ? prompt : after(all.subList(0, i), asked, prompt),
                        all.size() == 1 ? response : only(one, asking, response),
                        asked,
                        tool(one, prompt)));
            }
            return calls;
        }

        private static Prompt after(List<ToolCall> before, AssistantMessage asked, Prompt prompt) {
            List<Message> history = new ArrayList<>(prompt.getInstructions());
            history.add(asked.mutate().toolCalls(List.copyOf(before)).build());
            history.add(ToolResponseMessage.builder()
                    .responses(before.stream()
                            .map(call -> ErrGroupToolCallingManager.response(call, ""))
                            .toList())
                    .build());
            return new Prompt(history, prompt.getOptions());
        }

        private static ChatResponse only(ToolCall call, Generation asking, ChatResponse response) {
            AssistantMessage message =
                    asking.getOutput().mutate().toolCalls(List.of(call)).build();
            return new ChatResponse(List.of(new Generation(message, asking.getMetadata())), response.getMetadata());
        }

        private static @Nullable ToolCallback tool(ToolCall call, Prompt prompt) {
            return prompt.getOptions() instanceof ToolCallingChatOptions options && options.getToolCallbacks() != null
                    ? options.getToolCallbacks().stream()
                            .filter(tool -> tool.getToolDefinition().name().equals(call.name()))
                            .findFirst()
                            .orElse(null)
                    : null;
        }

        String name() {
            return toolCall.name();
        }

        ToolDefinition definition() {
            return tool != null
                    ? tool.getToolDefinition()
                    : ToolDefinition.builder()
                            .name(name())
                            .description(name())
                            .inputSchema("{}")
                            .build();
        }

        boolean returnsDirect() {
            return tool != null && tool.getToolMetadata().returnDirect();
        }
    }

    /** The responses so far, in the order of the calls. For one thread. */
    private static final class Responses {
        private final List<ToolResponse> all = new ArrayList<>();

        /** Whether every tool returns directly, also those that failed: their data is not for the model. */
        private boolean direct = true;

        /** Whether a tool has: as in Spring AI, the manager's own errors alone go to the model. */
        private boolean anyDirect;

        void add(List<ToolResponse> responses, boolean returnsDirect, boolean hasReturned) {
            all.addAll(responses);
            direct &= returnsDirect;
            anyDirect |= hasReturned;
        }

        ToolExecutionResult toResult(Prompt prompt, AssistantMessage asked) {
            List<Message> history = new ArrayList<>(prompt.getInstructions());
            history.add(asked);
            history.add(ToolResponseMessage.builder().responses(all).build());
            return ToolExecutionResult.builder()
                    .conversationHistory(history)
                    .returnDirect(direct && anyDirect)
                    .build();
        }
    }
}
