package io.github.errgroup;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/** Virtual threads, reached by reflection: the library is compiled for Java 17. */
final class VirtualThreads {
    static final boolean SUPPORTED = builderOrNull() != null;

    private static final @Nullable MethodHandle IS_VIRTUAL = isVirtualOrNull();

    private VirtualThreads() {}

    /** Makes virtual threads of one name; only where they are supported. */
    static ThreadFactory factory(String name) {
        try {
            Class<?> builder = Class.forName("java.lang.Thread$Builder");
            Object named = builder.getMethod("name", String.class).invoke(builderOrNull(), name);
            return (ThreadFactory) builder.getMethod("factory").invoke(named);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("Thread.ofVirtual() is not as Java 21 specifies it", e);
        }
    }

    /** Whether a thread is virtual, on any JVM. */
    static boolean isVirtual(Thread thread) {
        try {
            return IS_VIRTUAL != null && (boolean) IS_VIRTUAL.invokeExact(thread);
        } catch (Error e) {
            throw e; // of the JVM's: no stack, no memory
        } catch (Throwable e) {
            throw new LinkageError("Thread.isVirtual() is not as Java 21 specifies it", e);
        }
    }

    private static @Nullable MethodHandle isVirtualOrNull() {
        try {
            return MethodHandles.publicLookup()
                    .findVirtual(Thread.class, "isVirtual", MethodType.methodType(boolean.class));
        } catch (ReflectiveOperationException e) {
            return null;
        }
    }

    private static @Nullable Object builderOrNull() {
        if (Runtime.version().feature() < 21) {
            return null; // in 19 and 20 they exist and throw, as a preview
        }
        try {
            Method ofVirtual = Thread.class.getMethod("ofVirtual");
            return ofVirtual.invoke(null);
        } catch (ReflectiveOperationException e) {
            return null;
        }
    }
}
