package io.github.errgroup.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.github.errgroup.ContextPropagator;
import io.github.errgroup.ErrGroup;
import io.github.errgroup.Subtask;
import java.io.IOException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** N3: scoped values are bound around the task as they are where {@code go} is called; on Java 25 and newer. */
class ScopedValuesContractTest extends GroupContract {
    private static final boolean SUPPORTED = Runtime.version().feature() >= 25;

    /** A {@code java.lang.ScopedValue}, by reflection: the tests are compiled for Java 17. */
    private static final class Scoped {
        final Object key = call(method("newInstance"), null);

        private static Class<?> type(String name) {
            try {
                return Class.forName("java.lang.ScopedValue" + name);
            } catch (ClassNotFoundException e) {
                throw new AssertionError(e);
            }
        }

        private static Method method(String name, Class<?>... parameters) {
            try {
                return type("").getMethod(name, parameters);
            } catch (NoSuchMethodException e) {
                throw new AssertionError(e);
            }
        }

        private static Object call(Method method, @Nullable Object on, @Nullable Object... arguments) {
            try {
                return method.invoke(on, arguments);
            } catch (ReflectiveOperationException e) {
                throw new AssertionError(e);
            }
        }

        @Nullable
        Object get() {
            return call(method("get"), key);
        }

        boolean isBound() {
            return (boolean) call(method("isBound"), key);
        }

        void bound(@Nullable Object value, Runnable action) {
            Object carrier = call(method("where", type(""), Object.class), null, key, value);
            try {
                call(type("$Carrier").getMethod("run", Runnable.class), carrier, action);
            } catch (NoSuchMethodException e) {
                throw new AssertionError(e);
            }
        }
    }

    @Test
    void N3_a_task_sees_the_values_that_are_bound_where_go_is_called() throws Exception {
        assumeThat(SUPPORTED).as("Java 25").isTrue();
        needsTasksInARow(3);
        Scoped user = new Scoped();
        Scoped tenant = new Scoped();
        ErrGroup group = open(o -> o.limit(2).contextPropagator(ContextPropagator.scopedValues(user.key, tenant.key)));
        List<Subtask<String>> tasks = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            int number = i;
            user.bound(
                    "user-" + i,
                    () -> tenant.bound(
                            "tenant-" + number, () -> tasks.add(group.go(() -> user.get() + " of " + tenant.get()))));
        }
        group.await();
        for (int i = 0; i < 6; i++) {
            assertThat(tasks.get(i).get()).isEqualTo("user-" + i + " of tenant-" + i);
        }
    }

    @Test
    void N3_a_value_that_is_not_bound_there_is_not_bound_in_the_task_and_null_is_a_value() throws Exception {
        assumeThat(SUPPORTED).as("Java 25").isTrue();
        needsTasksInARow(3);
        Scoped user = new Scoped();
        Scoped other = new Scoped();
        ErrGroup group = open(o -> o.limit(1).contextPropagator(ContextPropagator.scopedValues(user.key, other.key)));
        List<Subtask<Boolean>> tasks = new ArrayList<>();
        user.bound(null, () -> tasks.add(group.go(() -> user.isBound() && user.get() == null && !other.isBound())));
        tasks.add(group.go(() -> !user.isBound() && !other.isBound()));
        group.await();
        assertThat(tasks).extracting(Subtask::get).containsExactly(true, true);
    }

    @Test
    void J7_what_a_task_throws_where_values_are_bound_is_thrown_as_it_is() {
        assumeThat(SUPPORTED).as("Java 25").isTrue();
        Scoped user = new Scoped();
        IOException failure = new IOException("refused");
        ErrGroup group = open(o -> o.contextPropagator(ContextPropagator.scopedValues(user.key)));
        user.bound(
                "anna",
                () -> group.go(() -> {
                    throw failure;
                }));
        assertThat(catchThrowable(group::await)).hasCause(failure);
        assertThat(catchThrowable(group::await).getCause()).isSameAs(failure);
    }

    @Test
    void its_text_names_the_values() {
        assumeThat(SUPPORTED).isTrue();
        Object key = new Scoped().key;
        assertThat(ContextPropagator.scopedValues(key)).hasToString("scoped values [" + key + "]");
    }

    @Test
    void what_is_no_scoped_value_is_refused_at_once() {
        assumeThat(SUPPORTED).as("Java 25").isTrue();
        assertThatThrownBy(() -> ContextPropagator.scopedValues(new Scoped().key, "user"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("scopedValues, argument 1: must be a ScopedValue, and is a java.lang.String");
        assertThatThrownBy(ContextPropagator::scopedValues)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("scopedValues(): name at least one ScopedValue");
    }

    @Test
    void below_25_they_are_refused_with_the_version_they_need() {
        assumeThat(SUPPORTED).as("Java 25").isFalse();
        assertThatThrownBy(() -> ContextPropagator.scopedValues("user"))
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessage("scoped values need Java 25 or newer, and this is Java "
                        + Runtime.version().feature());
    }
}
