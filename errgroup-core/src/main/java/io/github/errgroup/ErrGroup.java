package io.github.errgroup;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A group of subtasks that run at once: starts them, waits for all of them, keeps the first error and cancels the rest.
 *
 * <pre>{@code
 * try (ErrGroup group = ErrGroup.open(o -> o.name("quote").limit(8).timeout(ofSeconds(2)))) {
 *     Subtask<Long> price = group.go(() -> prices.find(sku));              // a value
 *     Subtask<Integer> stock = group.go("stock", () -> stocks.find(sku));  // a named task
 *     group.go(() -> audit.write(sku));                                    // no value; may throw anything
 *     group.await();                                                       // the first failure, or nothing
 *     return new Quote(sku, price.get(), stock.get());
 * }
 * }</pre>
 *
 * <p><b>Blocking.</b> {@code go} blocks only a caller from outside the group, while the group is full; {@code await}
 * and {@code close} block until every task has ended. <b>Cancellation.</b> The first failure in time is recorded, then
 * the others are cancelled: tasks that have not started never start, the threads of running ones are interrupted. A
 * timeout starts cancellation; {@code await} returns when the tasks have ended, and a task that ignores cancellation (a
 * platform thread in a blocking socket read does) holds it up. <b>Thread-safety.</b> Every method may be called from
 * any thread, also by tasks of the group; only {@code await} and {@code close} must not be called by them. <b>Memory.</b>
 * What was done before {@code go} happens-before the task; what the task did happens-before {@code await} returns.
 *
 * <p>From Go: {@code Go} is {@link #go}, {@code TryGo} {@link #tryGo}, {@code Wait} {@link #await()}, {@code SetLimit}
 * {@link ErrGroupOptions.Builder#limit(int) limit} and {@link #setLimit}, {@code WithContext} the default, the zero
 * {@code Group} {@link ErrGroupOptions.Builder#cancelOnError(boolean) cancelOnError(false)}, the {@code ctx}
 * {@link #context()}.
 */
public final class ErrGroup implements AutoCloseable {
    private final GroupEngine engine;

    ErrGroup(ErrGroupOptions options, @Nullable Supplier<ErrGroupOptions> source, @Nullable Runnable beforeFirstUse) {
        this.engine = new GroupEngine(this, options, source, beforeFirstUse);
    }

    GroupEngine engine() {
        return engine;
    }

    /**
     * Opens a group with the default settings.
     *
     * @return an open group; the caller closes it
     */
    public static ErrGroup open() {
        return open(ErrGroupOptions.defaults());
    }

    /**
     * Opens a group with the default settings, changed: {@code open(o -> o.limit(8))}.
     *
     * @param changes what to change
     * @return an open group; the caller closes it
     */
    public static ErrGroup open(Consumer<ErrGroupOptions.Builder> changes) {
        Objects.requireNonNull(changes, "changes");
        ErrGroupOptions.Builder options = ErrGroupOptions.builder();
        changes.accept(options);
        return open(options.build());
    }

    /**
     * Opens a group. If it is opened inside a task of another group it is the child of that group: it inherits the nearer
     * deadline, and is cancelled with its parent. If it is still open when the task ends, it is closed and reported.
     *
     * @param options the settings
     * @return an open group; the caller closes it
     */
    public static ErrGroup open(ErrGroupOptions options) {
        return open(options, null);
    }

    private static ErrGroup open(ErrGroupOptions options, @Nullable Supplier<ErrGroupOptions> source) {
        ErrGroup group = new ErrGroup(Objects.requireNonNull(options, "options"), source, null);
        group.engine.open();
        return group;
    }

    /**
     * Opens a group, runs the body in this thread, awaits, closes, and returns the body's value: the form that cannot
     * forget a step. If the body throws, the group is cancelled and waited for, and then the body's exception is rethrown as
     * itself.
     *
     * <p>Something else is thrown if it came before the body's exception and no {@code await} has thrown it to the body: the
     * failure of a task, or a cancellation by the deadline, an interrupt, a shutdown or the parent. This is thrown as
     * {@code await} throws it, with the body's exception among its suppressed exceptions. An explicit {@link #cancel()} is
     * never thrown instead of the body's exception.
     *
     * @param options the settings
     * @param body what to do with the group
     * @param <T> the value's type
     * @param <X> the checked exception that the body may throw
     * @return the body's value
     * @throws X what the body threw
     * @throws InterruptedException the thread was interrupted while it waited
     * @throws ErrGroupException a task failed, or the group was cancelled
     */
    @SuppressWarnings("overloads") // Java takes a lambda for the more specific GroupBody
    public static <T extends @Nullable Object, X extends Exception> T call(
            ErrGroupOptions options, GroupBody<T, X> body) throws X, InterruptedException {
        Objects.requireNonNull(body, "body");
        return call(open(options), body);
    }

    /**
     * As {@link #call(ErrGroupOptions, GroupBody)}, with the default settings, changed.
     *
     * @param changes what to change
     * @param body what to do with the group
     * @param <T> the value's type
     * @param <X> the checked exception that the body may throw
     * @return the body's value
     * @throws X what the body threw
     * @throws InterruptedException the thread was interrupted while it waited
     * @throws ErrGroupException a task failed, or the group was cancelled
     */
    @SuppressWarnings("overloads") // Java takes a lambda for the more specific GroupBody
    public static <T extends @Nullable Object, X extends Exception> T call(
            Consumer<ErrGroupOptions.Builder> changes, GroupBody<T, X> body) throws X, InterruptedException {
        Objects.requireNonNull(body, "body");
        return call(open(changes), body);
    }

    /**
     * As {@link #call(ErrGroupOptions, GroupBody)}, for a body that is declared to throw {@code Exception}. Kotlin takes a
     * lambda for one, since it cannot infer the type of an exception; Java takes it for a {@link GroupBody}.
     *
     * @param options the settings
     * @param body what to do with the group
     * @param <T> the value's type
     * @return the body's value
     * @throws Exception what the body threw
     * @throws InterruptedException the thread was interrupted while it waited
     * @throws ErrGroupException a task failed, or the group was cancelled
     */
    @SuppressWarnings("overloads")
    public static <T> T call(ErrGroupOptions options, ThrowingFunction<? super ErrGroup, ? extends T> body)
            throws Exception {
        Objects.requireNonNull(body, "body");
        return call(open(options), body::apply);
    }

    /**
     * As {@link #call(ErrGroupOptions, ThrowingFunction)}, with the default settings, changed.
     *
     * @param changes what to change
     * @param body what to do with the group
     * @param <T> the value's type
     * @return the body's value
     * @throws Exception what the body threw
     * @throws InterruptedException the thread was interrupted while it waited
     * @throws ErrGroupException a task failed, or the group was cancelled
     */
    @SuppressWarnings("overloads")
    public static <T> T call(
            Consumer<ErrGroupOptions.Builder> changes, ThrowingFunction<? super ErrGroup, ? extends T> body)
            throws Exception {
        Objects.requireNonNull(body, "body");
        return call(open(changes), body::apply);
    }

    /**
     * As {@link #call(ErrGroupOptions, GroupBody)}, for methods that cannot declare InterruptedException. If the body or the
     * wait at the end throws one, this method throws an {@code ErrGroupException} with {@link CancelReason#INTERRUPTED}, and
     * sets the thread's flag again.
     *
     * @param options the settings
     * @param body what to do with the group
     * @param <T> the value's type
     * @param <X> the checked exception that the body may throw
     * @return the body's value
     * @throws X what the body threw
     * @throws ErrGroupException a task failed, or the group was cancelled, also by an interrupt
     */
    public static <T extends @Nullable Object, X extends Exception> T callUnchecked(
            ErrGroupOptions options, GroupBody<T, X> body) throws X {
        Objects.requireNonNull(body, "body");
        return callUnchecked(open(options), body);
    }

    /**
     * As {@link #callUnchecked(ErrGroupOptions, GroupBody)}, with the default settings, changed.
     *
     * @param changes what to change
     * @param body what to do with the group
     * @param <T> the value's type
     * @param <X> the checked exception that the body may throw
     * @return the body's value
     * @throws X what the body threw
     * @throws ErrGroupException a task failed, or the group was cancelled, also by an interrupt
     */
    public static <T extends @Nullable Object, X extends Exception> T callUnchecked(
            Consumer<ErrGroupOptions.Builder> changes, GroupBody<T, X> body) throws X {
        Objects.requireNonNull(body, "body");
        return callUnchecked(open(changes), body);
    }

    static <T extends @Nullable Object, X extends Exception> T callUnchecked(ErrGroup group, GroupBody<T, X> body)
            throws X {
        try {
            return call(group, body);
        } catch (InterruptedException e) {
            throw group.engine.unchecked(e);
        }
    }

    static <T extends @Nullable Object, X extends Exception> T call(ErrGroup group, GroupBody<T, X> body)
            throws X, InterruptedException {
        T value;
        try {
            value = body.run(group);
        } catch (Throwable thrown) {
            throw GroupEngine.sneaky(group.engine.afterBodyFailed(thrown));
        }
        try {
            group.engine.awaitAfterBody();
        } finally {
            group.close();
        }
        return value;
    }

    /**
     * A new open group with this one's name, settings and budgets. Valid in any state and from any thread; this group is
     * untouched.
     *
     * @return an open group; the caller closes it
     */
    public ErrGroup fresh() {
        Supplier<ErrGroupOptions> source = engine.source();
        return source == null ? open(engine.options(), null) : open(source.get(), source);
    }

    /**
     * Starts a task that has a value. While the group is full, a caller from outside is blocked. A task of this group, or of
     * a group below it, is never blocked: above the limit the task that it submits is queued, in a queue without bound, and
     * takes the next free slot. If a blocked caller is interrupted, the group is cancelled, the flag is set again, and the
     * next {@code await()} throws InterruptedException.
     *
     * <p>A call is refused if it could never be granted: the calling thread itself opened the group with limit 0, the group
     * has no deadline, of its own or from above, and nobody has called {@link #setLimit}. In any other group at limit 0 the
     * call waits until somebody raises the limit.
     *
     * @param task what to run
     * @param <T> the value's type
     * @return the task's handle: SKIPPED if the group was cancelled, before the call or while it was blocked; FAILED if the
     *     executor rejected the task, or, with a {@link LimitExceededException}, if no slot became free within the options'
     *     {@link ErrGroupOptions.Builder#limitWait(Duration) limitWait}
     * @throws IllegalStateException if the group is finished or closed, or the call can never be granted
     */
    public <T extends @Nullable Object> Subtask<T> go(TaskBody<? extends T> task) {
        return engine.go(null, Objects.requireNonNull(task, "task"));
    }

    /**
     * Starts a named task that has a value; see {@link #go(TaskBody)}.
     *
     * @param name the task's name in messages, snapshots and logs
     * @param task what to run
     * @param <T> the value's type
     * @return the task's handle
     * @throws IllegalStateException if the group is finished or closed
     */
    public <T extends @Nullable Object> Subtask<T> go(String name, TaskBody<? extends T> task) {
        return engine.go(Objects.requireNonNull(name, "name"), Objects.requireNonNull(task, "task"));
    }

    /**
     * As {@link #go(TaskBody)}, for a task that is a {@code Callable} already.
     *
     * @param task what to run
     * @param <T> the value's type
     * @return the task's handle
     * @throws IllegalStateException if the group is finished or closed
     */
    public <T extends @Nullable Object> Subtask<T> go(Callable<? extends T> task) {
        return engine.go(null, Objects.requireNonNull(task, "task"));
    }

    /**
     * As {@link #go(String, TaskBody)}, for a task that is a {@code Callable} already.
     *
     * @param name the task's name in messages, snapshots and logs
     * @param task what to run
     * @param <T> the value's type
     * @return the task's handle
     * @throws IllegalStateException if the group is finished or closed
     */
    public <T extends @Nullable Object> Subtask<T> go(String name, Callable<? extends T> task) {
        return engine.go(Objects.requireNonNull(name, "name"), Objects.requireNonNull(task, "task"));
    }

    /**
     * Starts a task without a value; see {@link #go(TaskBody)}.
     *
     * @param task what to run
     * @param <R> the task's type. It is a type parameter because Kotlin makes no lambda into one: so Kotlin takes a lambda
     *     for a {@link TaskBody}, and keeps its value
     * @return the task's handle
     * @throws IllegalStateException if the group is finished or closed
     */
    public <R extends ThrowingRunnable> Subtask<@Nullable Void> go(R task) {
        return engine.go(null, withoutValue(task));
    }

    /**
     * Starts a named task without a value; see {@link #go(TaskBody)}.
     *
     * @param name the task's name in messages, snapshots and logs
     * @param task what to run
     * @param <R> the task's type, as in {@link #go(ThrowingRunnable)}
     * @return the task's handle
     * @throws IllegalStateException if the group is finished or closed
     */
    public <R extends ThrowingRunnable> Subtask<@Nullable Void> go(String name, R task) {
        return engine.go(Objects.requireNonNull(name, "name"), withoutValue(task));
    }

    /** The engine keeps the value of what has one: not of a task that was handed in as one without. */
    private static ThrowingRunnable withoutValue(ThrowingRunnable task) {
        return Objects.requireNonNull(task, "task") instanceof Callable ? task::run : task;
    }

    /**
     * Starts a task that has a value, or says no at once. Never blocks.
     *
     * @param task what to run
     * @param <T> the value's type
     * @return the task's handle; empty if the group is full or cancelled, or the executor rejected the task
     * @throws IllegalStateException if the group is finished or closed
     */
    public <T extends @Nullable Object> Optional<Subtask<T>> tryGo(TaskBody<? extends T> task) {
        return Optional.ofNullable(engine.tryGo(null, Objects.requireNonNull(task, "task")));
    }

    /**
     * Starts a named task that has a value, or says no at once; see {@link #tryGo(TaskBody)}.
     *
     * @param name the task's name in messages, snapshots and logs
     * @param task what to run
     * @param <T> the value's type
     * @return the task's handle; empty if the group is full or cancelled, or the executor rejected the task
     * @throws IllegalStateException if the group is finished or closed
     */
    public <T extends @Nullable Object> Optional<Subtask<T>> tryGo(String name, TaskBody<? extends T> task) {
        return Optional.ofNullable(
                engine.tryGo(Objects.requireNonNull(name, "name"), Objects.requireNonNull(task, "task")));
    }

    /**
     * As {@link #tryGo(TaskBody)}, for a task that is a {@code Callable} already.
     *
     * @param task what to run
     * @param <T> the value's type
     * @return the task's handle; empty if the group is full or cancelled, or the executor rejected the task
     * @throws IllegalStateException if the group is finished or closed
     */
    public <T extends @Nullable Object> Optional<Subtask<T>> tryGo(Callable<? extends T> task) {
        return Optional.ofNullable(engine.tryGo(null, Objects.requireNonNull(task, "task")));
    }

    /**
     * As {@link #tryGo(String, TaskBody)}, for a task that is a {@code Callable} already.
     *
     * @param name the task's name in messages, snapshots and logs
     * @param task what to run
     * @param <T> the value's type
     * @return the task's handle; empty if the group is full or cancelled, or the executor rejected the task
     * @throws IllegalStateException if the group is finished or closed
     */
    public <T extends @Nullable Object> Optional<Subtask<T>> tryGo(String name, Callable<? extends T> task) {
        return Optional.ofNullable(
                engine.tryGo(Objects.requireNonNull(name, "name"), Objects.requireNonNull(task, "task")));
    }

    /**
     * Starts a task without a value, or says no at once; see {@link #tryGo(TaskBody)}.
     *
     * @param task what to run
     * @param <R> the task's type, as in {@link #go(ThrowingRunnable)}
     * @return the task's handle; empty if the group is full or cancelled, or the executor rejected the task
     * @throws IllegalStateException if the group is finished or closed
     */
    public <R extends ThrowingRunnable> Optional<Subtask<@Nullable Void>> tryGo(R task) {
        return Optional.ofNullable(engine.tryGo(null, withoutValue(task)));
    }

    /**
     * Starts a named task without a value, or says no at once; see {@link #tryGo(TaskBody)}.
     *
     * @param name the task's name in messages, snapshots and logs
     * @param task what to run
     * @param <R> the task's type, as in {@link #go(ThrowingRunnable)}
     * @return the task's handle; empty if the group is full or cancelled, or the executor rejected the task
     * @throws IllegalStateException if the group is finished or closed
     */
    public <R extends ThrowingRunnable> Optional<Subtask<@Nullable Void>> tryGo(String name, R task) {
        return Optional.ofNullable(engine.tryGo(Objects.requireNonNull(name, "name"), withoutValue(task)));
    }

    /**
     * Starts a task for each item, as {@link #go} does. The source is read lazily, in the caller: while the group is
     * full no further item is asked for, and none once the group is cancelled. Does not wait for the tasks.
     *
     * @param items the items
     * @param action what to do with one item
     * @param <T> the items' type
     */
    public <T extends @Nullable Object> void forEach(Iterable<? extends T> items, ThrowingConsumer<? super T> action) {
        Objects.requireNonNull(action, "action");
        Iterator<? extends T> source = Objects.requireNonNull(items, "items").iterator();
        engine.usable();
        Reading.read(source, engine, item -> goFor(null, item, action));
    }

    /**
     * As {@link #forEach(Iterable, ThrowingConsumer)}, for a stream. It is read one item at a time, whatever its operations
     * are; only an operation that needs all items before it gives the first, as {@code sorted} does, reads more. A parallel
     * stream is read sequentially. Give the stream itself, not {@code stream::iterator}, which reads ahead. The stream is
     * not closed.
     *
     * <p>Once the group is cancelled, reading is ended by an {@code Error} that passes through the stream's operations
     * and is caught here; an operation that catches {@code Throwable} has to rethrow it.
     *
     * @param items the items
     * @param action what to do with one item
     * @param <T> the items' type
     */
    public <T extends @Nullable Object> void forEach(Stream<? extends T> items, ThrowingConsumer<? super T> action) {
        Objects.requireNonNull(action, "action"); // before the stream is used up
        Objects.requireNonNull(items, "items");
        engine.usable();
        Reading.read(items, engine, item -> goFor(null, item, action));
    }

    /**
     * As {@link #forEach(Iterable, ThrowingConsumer)}, with a name for each task:
     * {@code group.forEach(orders, Order::id, this::ship)}. Messages, snapshots and logs tell it, so a failure says which
     * item it was.
     *
     * @param items the items
     * @param name the name of an item's task; called once for each item, in the caller, and what it throws leaves this call
     * @param action what to do with one item
     * @param <T> the items' type
     * @throws NullPointerException if it gives null for an item, which then has no task
     */
    public <T extends @Nullable Object> void forEach(
            Iterable<? extends T> items, Function<? super T, String> name, ThrowingConsumer<? super T> action) {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(action, "action");
        Iterator<? extends T> source = Objects.requireNonNull(items, "items").iterator();
        engine.usable();
        Reading.read(source, engine, item -> goFor(nameOf(item, name), item, action));
    }

    /**
     * As {@link #forEach(Iterable, Function, ThrowingConsumer)}, for a stream, which is read as in
     * {@link #forEach(Stream, ThrowingConsumer)}. The stream is not closed.
     *
     * @param items the items
     * @param name the name of an item's task
     * @param action what to do with one item
     * @param <T> the items' type
     * @throws NullPointerException if the name of an item is null
     */
    public <T extends @Nullable Object> void forEach(
            Stream<? extends T> items, Function<? super T, String> name, ThrowingConsumer<? super T> action) {
        Objects.requireNonNull(name, "name"); // before the stream is used up
        Objects.requireNonNull(action, "action");
        Objects.requireNonNull(items, "items");
        engine.usable();
        Reading.read(items, engine, item -> goFor(nameOf(item, name), item, action));
    }

    private <T extends @Nullable Object> void goFor(@Nullable String name, T item, ThrowingConsumer<? super T> action) {
        engine.go(name, (ThrowingRunnable) () -> action.accept(item));
    }

    private <T extends @Nullable Object> String nameOf(T item, Function<? super T, String> naming) {
        String name = naming.apply(item);
        if (name == null) {
            throw new NullPointerException(
                    "group '" + name() + "': the name of the item " + (item == null ? null : UserText.of(item))
                            + " is null; every item of a call that names them has one");
        }
        return name;
    }

    /**
     * Starts a task for each item, as {@link #go} does, and keeps their handles. The source is read lazily, in the
     * caller, and no further once the group is cancelled. Does not wait for the tasks.
     *
     * @param items the items
     * @param function makes the result of one item
     * @param <T> the items' type
     * @param <R> the results' type
     * @return the handles of the tasks submitted, in the order of the items; unmodifiable
     */
    public <T extends @Nullable Object, R extends @Nullable Object> List<Subtask<R>> map(
            Iterable<? extends T> items, ThrowingFunction<? super T, ? extends R> function) {
        Objects.requireNonNull(function, "function");
        Iterator<? extends T> source = Objects.requireNonNull(items, "items").iterator();
        engine.usable();
        List<Subtask<R>> subtasks = new ArrayList<>();
        Reading.read(source, engine, item -> subtasks.add(goFor(null, item, function)));
        return Collections.unmodifiableList(subtasks);
    }

    /**
     * As {@link #map(Iterable, ThrowingFunction)}, for a stream, which is read as in
     * {@link #forEach(Stream, ThrowingConsumer)}. The stream is not closed.
     *
     * @param items the items
     * @param function makes the result of one item
     * @param <T> the items' type
     * @param <R> the results' type
     * @return the handles of the tasks submitted, in the order of the items; unmodifiable
     */
    public <T extends @Nullable Object, R extends @Nullable Object> List<Subtask<R>> map(
            Stream<? extends T> items, ThrowingFunction<? super T, ? extends R> function) {
        Objects.requireNonNull(function, "function"); // before the stream is used up
        Objects.requireNonNull(items, "items");
        engine.usable();
        List<Subtask<R>> subtasks = new ArrayList<>();
        Reading.read(items, engine, item -> subtasks.add(goFor(null, item, function)));
        return Collections.unmodifiableList(subtasks);
    }

    /**
     * As {@link #map(Iterable, ThrowingFunction)}, with a name for each task. The handles have the name, so one line tells
     * what failed and why:
     *
     * <pre>{@code
     * List<Subtask<Long>> found = group.map(skus, sku -> sku, prices::find);
     * group.settle();
     * Subtask.failed(found).forEach(task -> log.warn("no price for " + task.name(), task.exception()));
     * }</pre>
     *
     * @param items the items
     * @param name the name of an item's task; called once for each item, in the caller, and what it throws leaves this call
     * @param function makes the result of one item
     * @param <T> the items' type
     * @param <R> the results' type
     * @return the handles of the tasks submitted, in the order of the items; unmodifiable
     * @throws NullPointerException if it gives null for an item, which then has no task
     */
    public <T extends @Nullable Object, R extends @Nullable Object> List<Subtask<R>> map(
            Iterable<? extends T> items,
            Function<? super T, String> name,
            ThrowingFunction<? super T, ? extends R> function) {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(function, "function");
        Iterator<? extends T> source = Objects.requireNonNull(items, "items").iterator();
        engine.usable();
        List<Subtask<R>> subtasks = new ArrayList<>();
        Reading.read(source, engine, item -> subtasks.add(goFor(nameOf(item, name), item, function)));
        return Collections.unmodifiableList(subtasks);
    }

    /**
     * As {@link #map(Iterable, Function, ThrowingFunction)}, for a stream, which is read as in
     * {@link #forEach(Stream, ThrowingConsumer)}. The stream is not closed.
     *
     * @param items the items
     * @param name the name of an item's task
     * @param function makes the result of one item
     * @param <T> the items' type
     * @param <R> the results' type
     * @return the handles of the tasks submitted, in the order of the items; unmodifiable
     * @throws NullPointerException if the name of an item is null
     */
    public <T extends @Nullable Object, R extends @Nullable Object> List<Subtask<R>> map(
            Stream<? extends T> items,
            Function<? super T, String> name,
            ThrowingFunction<? super T, ? extends R> function) {
        Objects.requireNonNull(name, "name"); // before the stream is used up
        Objects.requireNonNull(function, "function");
        Objects.requireNonNull(items, "items");
        engine.usable();
        List<Subtask<R>> subtasks = new ArrayList<>();
        Reading.read(items, engine, item -> subtasks.add(goFor(nameOf(item, name), item, function)));
        return Collections.unmodifiableList(subtasks);
    }

    private <T extends @Nullable Object, R extends @Nullable Object> Subtask<R> goFor(
            @Nullable String name, T item, ThrowingFunction<? super T, ? extends R> function) {
        return engine.go(name, (Callable<R>) () -> function.apply(item));
    }

    /**
     * Starts a task for each item, and gives the handles as the tasks end, while the group runs:
     *
     * <pre>{@code
     * for (Subtask<String> text : group.asCompleted(pages, page -> fetch(page))) {
     *     index.add(text.get());
     * }
     * group.await();
     * }</pre>
     *
     * <p>Nothing is read before the loop begins. From then on tasks are submitted ahead of the loop, at most as many as the
     * limit allows (256 without one). The loop ends early when the group is cancelled, and may be left early.
     * {@link Results} tells the details.
     *
     * @param items the items; {@code stream::iterator} for a stream, unless it has a {@code flatMap}: see {@link Results}
     * @param function makes the result of one item
     * @param <T> the items' type
     * @param <R> the results' type
     * @return the results, for one loop
     * @throws IllegalStateException if the group is finished or closed
     */
    public <T extends @Nullable Object, R extends @Nullable Object> Results<R> asCompleted(
            Iterable<? extends T> items, ThrowingFunction<? super T, ? extends R> function) {
        Objects.requireNonNull(items, "items");
        Objects.requireNonNull(function, "function");
        engine.usable();
        return Results.of(engine, items, item -> null, function, false);
    }

    /**
     * As {@link #asCompleted(Iterable, ThrowingFunction)}, with a name for each task.
     *
     * @param items the items
     * @param name the name of an item's task; if null, the loop throws a NullPointerException
     * @param function makes the result of one item
     * @param <T> the items' type
     * @param <R> the results' type
     * @return the results, for one loop
     * @throws IllegalStateException if the group is finished or closed
     */
    public <T extends @Nullable Object, R extends @Nullable Object> Results<R> asCompleted(
            Iterable<? extends T> items,
            Function<? super T, String> name,
            ThrowingFunction<? super T, ? extends R> function) {
        Objects.requireNonNull(items, "items");
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(function, "function");
        engine.usable();
        return Results.of(engine, items, item -> nameOf(item, name), function, false);
    }

    /**
     * As {@link #asCompleted(Iterable, ThrowingFunction)}, but in the order of the items. A slow task holds up those behind
     * it, so let it {@linkplain Results#readAhead(int) read ahead} further than the limit where their times differ much.
     *
     * @param items the items; {@code stream::iterator} for a stream, unless it has a {@code flatMap}: see {@link Results}
     * @param function makes the result of one item
     * @param <T> the items' type
     * @param <R> the results' type
     * @return the results, for one loop
     * @throws IllegalStateException if the group is finished or closed
     */
    public <T extends @Nullable Object, R extends @Nullable Object> Results<R> inOrder(
            Iterable<? extends T> items, ThrowingFunction<? super T, ? extends R> function) {
        Objects.requireNonNull(items, "items");
        Objects.requireNonNull(function, "function");
        engine.usable();
        return Results.of(engine, items, item -> null, function, true);
    }

    /**
     * As {@link #inOrder(Iterable, ThrowingFunction)}, with a name for each task.
     *
     * @param items the items
     * @param name the name of an item's task; if null, the loop throws a NullPointerException
     * @param function makes the result of one item
     * @param <T> the items' type
     * @param <R> the results' type
     * @return the results, for one loop
     * @throws IllegalStateException if the group is finished or closed
     */
    public <T extends @Nullable Object, R extends @Nullable Object> Results<R> inOrder(
            Iterable<? extends T> items,
            Function<? super T, String> name,
            ThrowingFunction<? super T, ? extends R> function) {
        Objects.requireNonNull(items, "items");
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(function, "function");
        engine.usable();
        return Results.of(engine, items, item -> nameOf(item, name), function, true);
    }

    /**
     * Waits until every task submitted before has ended. A group that cancels on error is finished then; any other may
     * go on. May be called again, by any thread outside the group, and gives the same answer.
     *
     * <p>What it throws is what came first in time, be it a failure, the deadline, an interrupt, a cancellation from
     * above or an explicit one; what failed afterwards is among its suppressed exceptions. Only an Error is thrown even if
     * something else came before it.
     *
     * <p>If every task has succeeded, or there was none, nothing is thrown even if the group was cancelled, unless a thread
     * was interrupted. {@link GroupContext#reason()} then tells what cancelled it.
     *
     * @throws ErrGroupException with the first failure as its cause; or, if the group was cancelled before any task failed
     *     and not every task has succeeded, with a {@code CancellationException} or, past the deadline, a
     *     {@code TimeoutException}. {@link ErrGroupException#reason()} tells which
     * @throws ParentCancelledException if the group that this one was opened in was cancelled first, and not every task has
     *     succeeded. It is no {@code ErrGroupException}, so that a task which catches those does not go on when it is to end
     *     itself
     * @throws Error a task's Error, as itself
     * @throws InterruptedException the thread was interrupted, before or while it waited: the group was cancelled and
     *     its tasks waited for. If something else came before the interrupt, that is thrown and the flag is set again. If
     *     every task has ended already, a flag that is set stays set, and changes nothing
     * @throws IllegalStateException if called by a task of this group or of one below it
     */
    public void await() throws InterruptedException {
        engine.await();
    }

    /**
     * As {@link #await()}, but rethrows the first failure as itself if it is of the given type. If the first failure is
     * the {@code ErrGroupException} of a group below, that one's first failure counts too.
     *
     * @param type the type to rethrow: {@code group.await(IOException.class)}
     * @param <X> the type to rethrow
     * @throws X the first failure, or that of the group below that failed first, if it is of this type
     * @throws InterruptedException as {@link #await()}
     * @throws ErrGroupException as {@link #await()}
     */
    public <X extends Throwable> void await(Class<X> type) throws InterruptedException, X {
        Objects.requireNonNull(type, "type");
        engine.await(type, type);
    }

    /**
     * As {@link #await(Class)}, for two types: {@code group.await(IOException.class, SQLException.class)}.
     *
     * @param type a type to rethrow
     * @param other another one
     * @param <X> a type to rethrow
     * @param <Y> another one
     * @throws X the first failure, or that of the group below that failed first, if it is of this type
     * @throws Y the same, if it is of the other type
     * @throws InterruptedException as {@link #await()}
     * @throws ErrGroupException as {@link #await()}
     */
    public <X extends Throwable, Y extends Throwable> void await(Class<X> type, Class<Y> other)
            throws InterruptedException, X, Y {
        engine.await(Objects.requireNonNull(type, "type"), Objects.requireNonNull(other, "other"));
    }

    /**
     * As {@link #await()}, for methods that cannot declare InterruptedException: an interrupt is thrown as an
     * {@code ErrGroupException} with {@link CancelReason#INTERRUPTED}, and the thread's flag is set again. As in
     * {@code await()}, the group has been cancelled by then, and its tasks waited for.
     *
     * <pre>{@code
     * public Quote quote(String sku) {
     *     try (ErrGroup group = groups.open("quote")) {
     *         Subtask<Long> price = group.go(() -> prices.find(sku));
     *         Subtask<Integer> stock = group.go(() -> stocks.find(sku));
     *         group.awaitUnchecked();
     *         return new Quote(sku, price.get(), stock.get());
     *     }
     * }
     * }</pre>
     *
     * @throws ErrGroupException as {@link #await()}; or the thread was interrupted, before or while it waited: then its
     *     cause is the InterruptedException
     * @throws ParentCancelledException as {@link #await()}
     * @throws Error a task's Error, as itself
     * @throws IllegalStateException if called by a task of this group or of one below it
     */
    public void awaitUnchecked() {
        engine.awaitUnchecked();
    }

    /**
     * Waits as {@link #await()} does, but throws nothing for a task that failed, was late, was cancelled or was skipped: the
     * handles tell what became of each task.
     *
     * <pre>{@code
     * try (ErrGroup group = ErrGroup.open(o -> o.cancelOnError(false).timeout(ofMillis(300)))) {
     *     Subtask<Long> price = group.go(() -> prices.find(sku));
     *     Subtask<Integer> stock = group.go(() -> stocks.find(sku));
     *     group.settle();                                    // what is there in time
     *     return new Quote(sku, price.orElse(0L), stock.orElse(0));
     * }
     * }</pre>
     *
     * <p>A group that cancels on error does so here too; with {@code cancelOnError(false)} every task runs to its end. What
     * {@code settle()} does not throw counts as answered: {@link #close()}, and the end of a
     * {@link #call(ErrGroupOptions, GroupBody) call}, throw nothing for it. Listeners and meters are told of it all the
     * same, and a later {@code await()} throws it.
     *
     * <p>Blocks until every task has ended: past a deadline the tasks are cancelled, and waited for.
     *
     * @throws Error a task's Error, as itself
     * @throws InterruptedException a thread was interrupted while it waited: the group was cancelled and its tasks waited
     *     for. Unlike in {@code await()}, this is thrown even if a failure or the deadline came before it
     * @throws ParentCancelledException if the group that this one was opened in was cancelled first, and not every task
     *     has succeeded: the task that waits here is to end
     * @throws IllegalStateException if called by a task of this group or of one below it
     */
    public void settle() throws InterruptedException {
        engine.settle();
    }

    /**
     * Cancels the group, with a {@code CancellationException} as cause. Runs the hooks; waits for no task. No effect if
     * the group is cancelled, finished or closed. If every task succeeds all the same, {@link #await()} throws nothing.
     */
    public void cancel() {
        engine.cancelExplicitly(null);
    }

    /**
     * Cancels the group with a cause of the caller's: the {@code CancellationException} that {@code await()} reports has it
     * as its cause. The Throwable given is never modified, and if its {@code getMessage} or {@code toString} throws, that
     * changes nothing.
     *
     * @param cause what {@link GroupContext#cause()} will give
     */
    public void cancel(Throwable cause) {
        engine.cancelExplicitly(Objects.requireNonNull(cause, "cause"));
    }

    /**
     * Cancels what still runs, waits for it, and closes the group. An interrupt does not cut the wait short; the flag is set
     * again at the end. Has no effect on a closed group.
     *
     * @throws ErrGroupException if nobody awaited the group, and a task had failed or the deadline or a shutdown kept one
     *     from succeeding: as {@link #await()}
     * @throws ParentCancelledException if nobody awaited the group, and a task failed after a cancellation from above
     * @throws Error if nobody awaited the group and a task threw an Error: a new one with the task's Error as its cause. The
     *     task's own cannot be thrown here: a try block that throws it already would have to add it to itself as suppressed,
     *     which Java refuses
     * @throws IllegalStateException if nobody awaited or cancelled the group, and it had to cancel or skip a task; or if
     *     called by a task of this group or of one below it
     */
    @Override
    public void close() {
        engine.close();
    }

    /**
     * The limit now.
     *
     * @return how many tasks may run at once; -1 for no limit
     */
    public int limit() {
        return engine.limit();
    }

    /**
     * Changes the limit, also while tasks run: raising it wakes blocked callers of {@code go}; lowering it lets running
     * tasks finish. Once this method was called, {@code go} at limit 0 is not refused: it waits for the next call.
     *
     * @param limit how many tasks may run at once; negative for no limit, 0 lets nothing start
     */
    public void setLimit(int limit) {
        engine.setLimit(limit);
    }

    /**
     * Changes the deadline.
     *
     * @param timeout from the opening of the group to its deadline, above zero; null for no deadline but the parent's.
     *     A deadline that has passed already cancels the group at once
     * @throws IllegalArgumentException if not above zero
     */
    public void setTimeout(@Nullable Duration timeout) {
        engine.setTimeout(timeout);
    }

    /**
     * The group's name.
     *
     * @return the name
     */
    public String name() {
        return engine.options().name();
    }

    /**
     * The settings that the group was opened with.
     *
     * @return the settings
     */
    public ErrGroupOptions options() {
        return engine.options();
    }

    /**
     * The group's cancellation and deadline, for its tasks to watch.
     *
     * @return the context, always the same
     */
    public GroupContext context() {
        return engine;
    }

    /**
     * The group and its live tasks as they are now. Holds up no task.
     *
     * @return a copy
     */
    public GroupSnapshot snapshot() {
        return engine.snapshot();
    }

    /** The name and where the group is in its life. */
    @Override
    public String toString() {
        return engine.toString();
    }
}
