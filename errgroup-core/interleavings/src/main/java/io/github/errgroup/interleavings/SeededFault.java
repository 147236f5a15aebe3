package io.github.errgroup.interleavings;

import java.lang.annotation.ElementType;
import java.lang.annotation.Repeatable;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A fault put into the engine's source that the annotated test must find, or it proves nothing. It names marks in the
 * core's sources, comments such as {@code // fault: task-leaves}, each of which stands there once: behind the statement or
 * the head of a block that it marks, or in a line of its own above it. So the code can be moved to another class or
 * written in other lines, and takes the mark along. A mark that is missing fails the core's unit tests.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
@Repeatable(SeededFault.All.class)
public @interface SeededFault {
    /**
     * Widens a fault's window: what stands after it comes some microseconds later. For what is wrong for a few instructions
     * only, and would be found by chance.
     */
    String LATER = "for (int spin = 0; spin < 200; spin++) {\n" + "Thread.onSpinWait();\n" + "}\n";

    /** What is wrong then, in a few words. */
    String value();

    /** The marks, in whatever order. */
    String[] mark();

    /** What takes the place of what each marks; {@code $1} stands for what is at the first mark now, {@code $2} at the second. */
    String[] becomes();

    /** The first Java on which the race exists: below it the fault cannot show, and the run says so. */
    int since() default 17;

    /** Several of them. */
    @Retention(RetentionPolicy.RUNTIME)
    @Target(ElementType.TYPE)
    @interface All {
        /** The faults. */
        SeededFault[] value();
    }
}
