package io.github.errgroup;

import java.lang.StackWalker.StackFrame;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Where a group was opened: the innermost frames of user code. A lazily made group opens at its first use, and that is its
 * place: the code that used it has to close it, not the framework that made it.
 *
 * <p>Frames are kept as they were walked. File names and line numbers, the dear part, are looked up when somebody reads
 * them. Measured on JDK 25: see {@link ErrGroupOptions.Builder#captureOpener(boolean)}.
 */
final class OpeningPlace {
    /** The one who opened, and who called it. */
    static final int MAX_FRAMES = 5;

    /** Where frameworks call one another for ever, fewer have to do. */
    private static final int MAX_WALKED = 64;

    private static final String OURS = "io.github.errgroup.";

    private static final String OUR_STARTER = "io.github.errgroup.spring.";

    private static final List<String> FRAMEWORKS =
            List.of("java.", "javax.", "jdk.", "sun.", "jakarta.", "org.springframework.", "org.apache.catalina.");

    private static final StackWalker WALKER = StackWalker.getInstance();

    private final List<StackFrame> frames;

    private OpeningPlace(List<StackFrame> frames) {
        this.frames = frames;
    }

    /** The place that this thread is at; never empty, but where nothing but this library is on the stack. */
    static OpeningPlace here() {
        List<StackFrame> frames = walk(OpeningPlace::isOfUser);
        return new OpeningPlace(frames.isEmpty() ? walk(frame -> !isOurs(frame.getClassName())) : frames);
    }

    private static List<StackFrame> walk(Predicate<StackFrame> wanted) {
        return WALKER.walk(stack ->
                stack.limit(MAX_WALKED).filter(wanted).limit(MAX_FRAMES).toList());
    }

    private static boolean isOfUser(StackFrame frame) {
        String type = frame.getClassName();
        for (String framework : FRAMEWORKS) {
            if (type.startsWith(framework)) {
                return false;
            }
        }
        return !isOurs(type) && !type.contains("CGLIB$$"); // a proxy named after the user's class
    }

    /** By package and not by its beginning: an application may well be called {@code io.github.errgroup.sample}. */
    private static boolean isOurs(String type) {
        return type.startsWith(OURS) && (type.indexOf('.', OURS.length()) < 0 || type.startsWith(OUR_STARTER));
    }

    List<StackTraceElement> frames() {
        return frames.stream().map(StackFrame::toStackTraceElement).toList();
    }

    /** A sentence for the end of a message that asks for the place. */
    static String describe(@Nullable OpeningPlace place) {
        return place == null
                ? ". Where it was opened is known with captureOpener(true), in Spring errgroup.leak.capture-opener=true"
                : ". It was opened" + place;
    }

    /** {@code " at"} and the frames, a line each. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(" at");
        for (StackTraceElement frame : frames()) {
            text.append("\n\tat ").append(frame);
        }
        return text.toString();
    }
}
