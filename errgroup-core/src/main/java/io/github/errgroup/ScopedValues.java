package io.github.errgroup;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Arrays;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** {@link ContextPropagator#scopedValues}, reached by method handles: the library is compiled for Java 17. */
final class ScopedValues implements ContextPropagator {
    /** Before, they exist and throw, as a preview. */
    private static final int SINCE = 25;

    private static final Scope NOTHING_TO_RESTORE = () -> {};

    private static final Captured NOTHING_BOUND = () -> NOTHING_TO_RESTORE;

    private final Object[] values;

    /** What {@code java.lang.ScopedValue} can do. Initialized only where it exists. */
    private static final class Api {
        static final Class<?> TYPE = type("java.lang.ScopedValue");

        private static final Class<?> CARRIER = type("java.lang.ScopedValue$Carrier");

        static final MethodHandle IS_BOUND =
                virtual(TYPE, "isBound", MethodType.methodType(boolean.class), boolean.class);

        static final MethodHandle GET = virtual(TYPE, "get", MethodType.methodType(Object.class), Object.class);

        static final MethodHandle WHERE = where();

        static final MethodHandle AND_WHERE = virtual(
                CARRIER,
                "where",
                MethodType.methodType(CARRIER, TYPE, Object.class),
                Object.class,
                Object.class,
                Object.class);

        static final MethodHandle RUN =
                virtual(CARRIER, "run", MethodType.methodType(void.class, Runnable.class), void.class, Runnable.class);

        private static Class<?> type(String name) {
            try {
                return Class.forName(name);
            } catch (ClassNotFoundException e) {
                throw unlike(e);
            }
        }

        /** A method as one of {@code Object}s. */
        private static MethodHandle virtual(
                Class<?> type, String name, MethodType exact, Class<?> returns, Class<?>... arguments) {
            try {
                return MethodHandles.publicLookup()
                        .findVirtual(type, name, exact)
                        .asType(MethodType.methodType(returns, Object.class, arguments));
            } catch (ReflectiveOperationException e) {
                throw unlike(e);
            }
        }

        private static MethodHandle where() {
            try {
                return MethodHandles.publicLookup()
                        .findStatic(TYPE, "where", MethodType.methodType(CARRIER, TYPE, Object.class))
                        .asType(MethodType.methodType(Object.class, Object.class, Object.class));
            } catch (ReflectiveOperationException e) {
                throw unlike(e);
            }
        }

        static LinkageError unlike(Throwable thrown) {
            return new LinkageError("java.lang.ScopedValue is not as Java " + SINCE + " specifies it", thrown);
        }
    }

    ScopedValues(Object... values) {
        this.values = values.clone();
        int feature = Runtime.version().feature();
        if (feature < SINCE) {
            throw new UnsupportedOperationException(
                    "scoped values need Java " + SINCE + " or newer, and this is Java " + feature);
        }
        if (values.length == 0) {
            throw new IllegalArgumentException("scopedValues(): name at least one ScopedValue");
        }
        for (int i = 0; i < values.length; i++) {
            if (!Api.TYPE.isInstance(values[i])) {
                throw new IllegalArgumentException("scopedValues, argument " + i + ": must be a ScopedValue, and is "
                        + (values[i] == null
                                ? "null"
                                : "a " + values[i].getClass().getName()));
            }
        }
    }

    @Override
    public Captured capture() {
        Object carrier = null;
        try {
            for (Object value : values) {
                if ((boolean) Api.IS_BOUND.invokeExact(value)) {
                    Object bound = (Object) Api.GET.invokeExact(value);
                    carrier = carrier == null
                            ? (Object) Api.WHERE.invokeExact(value, bound)
                            : (Object) Api.AND_WHERE.invokeExact(carrier, value, bound);
                }
            }
        } catch (RuntimeException | Error e) {
            throw e; // of the JVM's: no stack, no memory
        } catch (Throwable e) {
            throw Api.unlike(e);
        }
        return carrier == null ? NOTHING_BOUND : new Bound(carrier);
    }

    /** The values of one thread at one moment. */
    private static final class Bound implements Captured {
        private final Object carrier;

        Bound(Object carrier) {
            this.carrier = carrier;
        }

        @Override
        public Scope open() {
            return NOTHING_TO_RESTORE;
        }

        @Override
        public <T extends @Nullable Object> T call(Callable<T> body) throws Exception {
            Call<T> call = new Call<>(body);
            try {
                Api.RUN.invokeExact(carrier, (Runnable) call);
            } catch (RuntimeException | Error e) {
                throw e; // the body's own are kept apart
            } catch (Throwable e) {
                throw Api.unlike(e);
            }
            return call.outcome();
        }
    }

    /** A body as a Runnable: what it gives or throws is told afterwards. Confined to one thread. */
    private static final class Call<T extends @Nullable Object> implements Runnable {
        private final Callable<T> body;

        private @Nullable T value;

        private @Nullable Throwable thrown;

        Call(Callable<T> body) {
            this.body = body;
        }

        @Override
        public void run() {
            try {
                value = body.call();
            } catch (Throwable e) {
                thrown = e;
            }
        }

        @SuppressWarnings("NullAway") // null only where the body's value is
        T outcome() throws Exception {
            if (thrown != null) {
                throw Call.<Exception>asItIs(thrown);
            }
            return value;
        }

        @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
        private static <X extends Throwable> X asItIs(Throwable thrown) throws X {
            throw (X) thrown;
        }
    }

    @Override
    public String toString() {
        return "scoped values " + Arrays.toString(values);
    }
}
