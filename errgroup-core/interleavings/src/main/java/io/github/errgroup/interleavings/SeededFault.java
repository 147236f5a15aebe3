package io.github.errgroup.interleavings;

import java.lang.annotation.ElementType;
import java.lang.annotation.Repeatable;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A fault put into the engine's source that the annotated test must find, or it proves nothing. The text must occur
 * exactly once in the core's sources: a fault that no longer fits fails the run, so it moves with the engine.
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

    /** What is there, once in all the sources. */
    String replace();

    /** What takes its place. */
    String by();

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
