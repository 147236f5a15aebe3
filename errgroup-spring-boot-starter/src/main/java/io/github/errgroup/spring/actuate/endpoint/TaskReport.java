package io.github.errgroup.spring.actuate.endpoint;

import io.github.errgroup.ErrGroup;
import io.github.errgroup.Subtask;
import io.github.errgroup.TaskSnapshot;
import io.github.errgroup.spring.actuate.endpoint.TaskStacks.ThreadStack;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A task that has not ended, as it was a moment ago. Neither its arguments nor what it threw are here.
 *
 * @param index its place in the order of submission to its group, from 0
 * @param name its name
 * @param state PENDING (waits for a slot or a thread) or RUNNING
 * @param age how long it has been running, as in {@code PT1.5S}; null if it has not started
 * @param thread the name of the thread that runs it, or its number if it has none; null while it has no thread
 * @param threadState what that thread was doing; null where its stack was not taken
 * @param at the innermost frame of that stack that is neither the JDK's nor the engine's: the line of the user's code, or of
 *     a library, that waits or works; null where there is none
 * @param stack where that thread was, innermost frame first, at most 64; null where it was not taken:
 *     the task had no thread, ended meanwhile, or enough other stacks were taken
 */
public record TaskReport(
        long index,
        String name,
        Subtask.State state,
        @Nullable String age,
        @Nullable String thread,
        Thread.@Nullable State threadState,
        @Nullable String at,
        @Nullable List<String> stack) {

    /** The most frames of a stack. */
    private static final int MAX_FRAMES = 64;

    private static final String ENGINE = ErrGroup.class.getPackageName() + ".";

    static TaskReport of(TaskSnapshot task, @Nullable ThreadStack stack) {
        Thread thread = task.thread();
        return new TaskReport(
                task.index(),
                task.name(),
                task.state(),
                text(task.age()),
                thread == null ? null : nameOf(thread),
                stack == null ? null : stack.state(),
                stack == null ? null : at(stack.frames()),
                stack == null ? null : lines(Arrays.asList(stack.frames())));
    }

    private static @Nullable String at(StackTraceElement[] frames) {
        for (StackTraceElement frame : frames) {
            if (!isOfTheJdk(frame) && !isOfTheEngine(frame)) {
                return lineOf(frame);
            }
        }
        return null;
    }

    private static boolean isOfTheJdk(StackTraceElement frame) {
        String module = frame.getModuleName();
        return module != null && (module.startsWith("java.") || module.startsWith("jdk."));
    }

    private static boolean isOfTheEngine(StackTraceElement frame) {
        String name = frame.getClassName();
        return name.startsWith(ENGINE) && name.indexOf('.', ENGINE.length()) < 0;
    }

    /** Durations are written alike whatever the application's JSON library does with them. */
    static @Nullable String text(@Nullable Duration duration) {
        return duration == null ? null : duration.toString();
    }

    /** Virtual threads have no name unless given one. */
    private static String nameOf(Thread thread) {
        String name = thread.getName();
        return name.isEmpty() ? "#" + thread.getId() : name;
    }

    static @Nullable List<String> lines(@Nullable List<StackTraceElement> frames) {
        return frames == null
                ? null
                : frames.stream().limit(MAX_FRAMES).map(TaskReport::lineOf).toList();
    }

    /** Without loader and module, which say nothing about what a task waits for. */
    private static String lineOf(StackTraceElement frame) {
        return new StackTraceElement(
                        frame.getClassName(), frame.getMethodName(), frame.getFileName(), frame.getLineNumber())
                .toString();
    }
}
