package io.github.errgroup.sample.demo;

import io.github.errgroup.ErrGroup;
import io.github.errgroup.ErrGroupOptions;
import io.github.errgroup.ErrGroups;
import io.github.errgroup.sample.demo.SupplierCalls.Call;
import io.github.errgroup.spring.ai.ErrGroupToolCallingManager;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.messages.AssistantMessage.ToolCall;
import org.springframework.ai.chat.messages.Message;
import org.springframework.ai.chat.messages.ToolResponseMessage;
import org.springframework.ai.chat.messages.UserMessage;
import org.springframework.ai.chat.model.ChatModel;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.model.Generation;
import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.ai.model.tool.ToolCallingChatOptions;
import org.springframework.ai.model.tool.ToolCallingManager;
import org.springframework.ai.model.tool.ToolExecutionResult;
import org.springframework.ai.tool.ToolCallback;
import org.springframework.ai.tool.definition.ToolDefinition;
import org.springframework.ai.tool.execution.DefaultToolExecutionExceptionProcessor;
import org.springframework.ai.tool.execution.ToolExecutionException;
import org.springframework.ai.tool.execution.ToolExecutionExceptionProcessor;
import org.springframework.stereotype.Component;

/**
 * A chat with a model that asks for all its tools in one answer. The model is played, and its tools ask the played suppliers;
 * what runs them is Spring AI's manager in groups, as in any application. There it is a bean that nobody makes; here it is made for each run, so that the
 * page sees the group.
 */
@Component
class ToolCalls {
    private static final ToolExecutionExceptionProcessor RESPONSES =
            DefaultToolExecutionExceptionProcessor.builder().build();

    private final SupplierCalls suppliers;

    ToolCalls(SupplierCalls suppliers) {
        this.suppliers = suppliers;
    }

    /** Lets the model ask, runs what it asks for in the group, and closes it; returns what the model then says. */
    String answer(List<Call> calls, ErrGroup group, BiConsumer<String, String> told) {
        ToolExecutionExceptionProcessor responses = failure -> {
            String response = RESPONSES.process(failure);
            if (!group.context()
                    .isCancelled()) { // else it is what the tool says of its interrupt, which nobody is told
                told.accept(failure.getToolDefinition().name(), response);
            }
            return response;
        };
        ToolCallingManager manager = new ErrGroupToolCallingManager(
                new OneGroup(group),
                ToolCallingManager.builder()
                        .toolExecutionExceptionProcessor(responses)
                        .build(),
                responses);
        List<ToolCallback> tools = calls.stream().<ToolCallback>map(this::tool).toList();
        ChatModel model = new Model(calls);
        Prompt question = new Prompt(
                new UserMessage("What is a lamp?"),
                ToolCallingChatOptions.builder().toolCallbacks(tools).build());
        ToolExecutionResult found = manager.executeToolCalls(question, model.call(question));
        return model.call(new Prompt(found.conversationHistory(), question.getOptions())).getResults().stream()
                .map(said -> String.valueOf(said.getOutput().getText()))
                .collect(Collectors.joining());
    }

    private Tool tool(Call call) {
        return new Tool(call, suppliers);
    }

    /** A tool that asks a supplier. */
    private record Tool(Call call, SupplierCalls suppliers) implements ToolCallback {
        @Override
        public ToolDefinition getToolDefinition() {
            return ToolDefinition.builder()
                    .name(call.name())
                    .description(call.name())
                    .inputSchema("{}")
                    .build();
        }

        @Override
        public String call(String input) {
            try {
                suppliers.quote(call);
                return "there is one";
            } catch (RuntimeException e) {
                throw new ToolExecutionException(getToolDefinition(), e);
            }
        }
    }

    /** Asks for every tool, and then says what it was told. */
    private record Model(List<Call> calls) implements ChatModel {
        @Override
        public ChatResponse call(Prompt prompt) {
            List<Message> history = prompt.getInstructions();
            AssistantMessage answer = history.get(history.size() - 1) instanceof ToolResponseMessage told
                    ? new AssistantMessage(told.getResponses().stream()
                            .map(response -> response.name() + ": " + response.responseData())
                            .collect(Collectors.joining("; ")))
                    : AssistantMessage.builder()
                            .content("")
                            .toolCalls(calls.stream()
                                    .map(call -> new ToolCall(call.name(), "function", call.name(), "{}"))
                                    .toList())
                            .build();
            return new ChatResponse(List.of(new Generation(answer)));
        }
    }

    /** The group of the run, which is open already. */
    private record OneGroup(ErrGroup group) implements ErrGroups {
        @Override
        public ErrGroup open() {
            return group;
        }

        @Override
        public ErrGroup open(String name, Consumer<ErrGroupOptions.Builder> changes) {
            return group;
        }

        @Override
        public List<ErrGroup> live() {
            return List.of(group);
        }
    }
}
