package io.github.errgroup.spring.ai;

import java.util.Arrays;
import java.util.List;
import java.util.function.BiFunction;
import java.util.stream.IntStream;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.messages.AssistantMessage.ToolCall;
import org.springframework.ai.chat.messages.Message;
import org.springframework.ai.chat.messages.ToolResponseMessage;
import org.springframework.ai.chat.messages.ToolResponseMessage.ToolResponse;
import org.springframework.ai.chat.messages.UserMessage;
import org.springframework.ai.chat.model.ChatModel;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.model.Generation;
import org.springframework.ai.chat.model.ToolContext;
import org.springframework.ai.chat.prompt.ChatOptions;
import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.ai.model.tool.ToolCallingChatOptions;
import org.springframework.ai.model.tool.ToolExecutionResult;
import org.springframework.ai.tool.ToolCallback;
import org.springframework.ai.tool.definition.ToolDefinition;
import org.springframework.ai.tool.execution.ToolExecutionException;
import org.springframework.ai.tool.metadata.ToolMetadata;
import reactor.core.publisher.Flux;

/** Tools and a model for tests, and what a model asks for. */
public final class Tools {
    private Tools() {}

    /** What a tool does. */
    @FunctionalInterface
    public interface Body {
        String call() throws Exception;
    }

    /** A tool whose exceptions are wrapped as Spring AI's own tools wrap them. */
    public static ToolCallback tool(String name, Body body) {
        return new Tool(name, false, (input, context) -> run(name, body));
    }

    /** A tool whose result is not for the model. */
    public static ToolCallback direct(String name, Body body) {
        return new Tool(name, true, (input, context) -> run(name, body));
    }

    static ToolCallback withContext(String name, BiFunction<String, ToolContext, String> body) {
        return new Tool(name, false, body);
    }

    private static String run(String name, Body body) {
        try {
            return body.call();
        } catch (Exception e) {
            throw new ToolExecutionException(definition(name), e);
        }
    }

    private static ToolDefinition definition(String name) {
        return ToolDefinition.builder()
                .name(name)
                .description(name)
                .inputSchema("{}")
                .build();
    }

    /** An answer that asks for tools: the calls have the ids 0, 1 and so on. */
    public static ChatResponse asksFor(String... names) {
        List<ToolCall> calls = IntStream.range(0, names.length)
                .mapToObj(i -> new ToolCall(String.valueOf(i), "function", names[i], "{}"))
                .toList();
        return answer(AssistantMessage.builder().content("").toolCalls(calls).build());
    }

    private static ChatResponse answer(AssistantMessage message) {
        return ChatResponse.builder()
                .generations(List.of(new Generation(message)))
                .build();
    }

    static Prompt promptWith(ToolCallback... tools) {
        return new Prompt(
                new UserMessage("Hello"),
                ToolCallingChatOptions.builder().toolCallbacks(tools).build());
    }

    /** What stands at the end of the history, as {@code id name: data}. */
    public static List<String> responses(ToolExecutionResult result) {
        return responses(result.conversationHistory());
    }

    static List<String> responses(List<Message> history) {
        ToolResponseMessage last = (ToolResponseMessage) history.get(history.size() - 1);
        return last.getResponses().stream().map(Tools::text).toList();
    }

    private static String text(ToolResponse response) {
        return response.id() + " " + response.name() + ": " + response.responseData();
    }

    /** A model that asks for these tools, and then says what it was told by them. */
    public static ChatModel modelThatAsksFor(String... names) {
        return new Model(names);
    }

    private record Tool(String name, boolean direct, BiFunction<String, ToolContext, String> body)
            implements ToolCallback {
        @Override
        public ToolDefinition getToolDefinition() {
            return definition(name);
        }

        @Override
        public ToolMetadata getToolMetadata() {
            return ToolMetadata.builder().returnDirect(direct).build();
        }

        @Override
        public String call(String toolInput) {
            return call(toolInput, new ToolContext(java.util.Map.of()));
        }

        @Override
        public String call(String toolInput, ToolContext toolContext) {
            return body.apply(toolInput, toolContext);
        }
    }

    private record Model(String... names) implements ChatModel {
        @Override
        public ChatResponse call(Prompt prompt) {
            List<Message> told = prompt.getInstructions();
            return told.get(told.size() - 1) instanceof ToolResponseMessage
                    ? answer(new AssistantMessage(String.join(", ", responses(told))))
                    : asksFor(names);
        }

        @Override
        public Flux<ChatResponse> stream(Prompt prompt) {
            return Flux.just(call(prompt));
        }

        @Override
        public ChatOptions getOptions() {
            return ToolCallingChatOptions.builder().build();
        }

        @Override
        public String toString() {
            return Arrays.toString(names);
        }
    }
}
