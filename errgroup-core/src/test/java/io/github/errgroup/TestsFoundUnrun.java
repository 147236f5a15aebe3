package io.github.errgroup;

import java.lang.reflect.Method;
import org.junit.jupiter.api.extension.DynamicTestInvocationContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;

/**
 * For the mutation profile, which alone turns it on. PIT's plug-in finds tests by running them, in every JVM that it starts, and
 * it starts one after each mutant that hangs: most of its time, if each ran all tests first. A JVM for mutants needs their
 * names alone; the one that measures coverage runs them.
 */
public final class TestsFoundUnrun implements InvocationInterceptor {
    private static final boolean IN_A_JVM_FOR_MUTANTS =
            System.getProperty("sun.java.command", "").contains("MutationTestMinion");

    @Override
    public void interceptTestMethod(
            Invocation<Void> test, ReflectiveInvocationContext<Method> method, ExtensionContext context)
            throws Throwable {
        runUnlessLookedFor(test);
    }

    @Override
    public void interceptTestTemplateMethod(
            Invocation<Void> test, ReflectiveInvocationContext<Method> method, ExtensionContext context)
            throws Throwable {
        runUnlessLookedFor(test);
    }

    @Override
    public void interceptDynamicTest(
            Invocation<Void> test, DynamicTestInvocationContext dynamic, ExtensionContext context) throws Throwable {
        runUnlessLookedFor(test);
    }

    private static void runUnlessLookedFor(Invocation<Void> test) throws Throwable {
        if (IN_A_JVM_FOR_MUTANTS && isLookedFor()) {
            test.skip();
        } else {
            test.proceed();
        }
    }

    private static boolean isLookedFor() {
        return StackWalker.getInstance()
                .walk(frames -> frames.anyMatch(frame -> frame.getClassName().endsWith(".JUnit5TestUnitFinder")));
    }
}
