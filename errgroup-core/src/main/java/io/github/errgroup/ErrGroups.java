package io.github.errgroup;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A factory of groups tuned by name. A service takes it as a constructor argument; with Spring it is a bean, in a unit
 * test {@link #of(ErrGroupOptions)}.
 *
 * <pre>{@code
 * try (ErrGroup group = groups.open("quote")) {
 *     Subtask<Long> price = group.go(() -> prices.find(sku));
 *     Subtask<Integer> stock = group.go(() -> stocks.find(sku));
 *     group.await();
 *     return new Quote(sku, price.get(), stock.get());
 * }
 * }</pre>
 *
 * <p>Thread-safe.
 */
public interface ErrGroups {
    /**
     * Opens a group with the default settings.
     *
     * @return an open group; the caller closes it
     */
    ErrGroup open();

    /**
     * Opens a group with the settings of a name.
     *
     * @param name the name; one without settings of its own has the defaults
     * @return an open group; the caller closes it
     */
    default ErrGroup open(String name) {
        return open(name, unchanged -> {});
    }

    /**
     * Opens a group with the settings of a name, changed in code.
     *
     * @param name the name; one without settings of its own has the defaults
     * @param changes what to change for this one group
     * @return an open group; the caller closes it
     */
    ErrGroup open(String name, Consumer<ErrGroupOptions.Builder> changes);

    /**
     * Opens a group, runs the body, awaits, closes, and returns the body's value; see
     * {@link ErrGroup#call(ErrGroupOptions, GroupBody)}.
     *
     * @param name the group's name
     * @param body what to do with the group, in this thread
     * @param <T> the value's type
     * @param <X> the checked exception that the body may throw
     * @return the body's value
     * @throws X what the body threw
     * @throws InterruptedException the thread was interrupted while it waited
     * @throws ErrGroupException a task failed, or the group was cancelled; see {@link ErrGroup#await()}
     */
    @SuppressWarnings("overloads") // Java takes a lambda for the more specific GroupBody
    default <T extends @Nullable Object, X extends Exception> T call(String name, GroupBody<T, X> body)
            throws X, InterruptedException {
        return ErrGroup.call(open(name), body);
    }

    /**
     * As {@link #call(String, GroupBody)}, for a body that is declared to throw {@code Exception}. Kotlin takes a lambda for
     * one, since it cannot infer the type of an exception; Java takes it for a {@link GroupBody}.
     *
     * @param name the group's name
     * @param body what to do with the group, in this thread
     * @param <T> the value's type
     * @return the body's value
     * @throws Exception what the body threw
     * @throws InterruptedException the thread was interrupted while it waited
     * @throws ErrGroupException a task failed
     */
    @SuppressWarnings("overloads")
    default <T> T call(String name, ThrowingFunction<? super ErrGroup, ? extends T> body) throws Exception {
        return ErrGroup.call(open(name), body::apply);
    }

    /**
     * As {@link #call(String, GroupBody)}, for methods that cannot declare InterruptedException; see
     * {@link ErrGroup#callUnchecked(ErrGroupOptions, GroupBody)}.
     *
     * <pre>{@code
     * List<Long> all = groups.callUnchecked("prices", group -> {
     *     List<Subtask<Long>> found = group.map(skus, prices::find);
     *     group.await();
     *     return found.stream().map(Subtask::get).toList();
     * });
     * }</pre>
     *
     * @param name the group's name
     * @param body what to do with the group, in this thread
     * @param <T> the value's type
     * @param <X> the checked exception that the body may throw
     * @return the body's value
     * @throws X what the body threw
     * @throws ErrGroupException a task failed, or the group was cancelled, also by an interrupt
     */
    default <T extends @Nullable Object, X extends Exception> T callUnchecked(String name, GroupBody<T, X> body)
            throws X {
        return ErrGroup.callUnchecked(open(name), body);
    }

    /**
     * Makes a result of each item, in tasks of a group of its own, and waits for all.
     *
     * @param name the group's name
     * @param items the items
     * @param function makes the result of one item
     * @param <T> the items' type
     * @param <R> the results' type
     * @return the results in the order of the items
     * @throws InterruptedException the thread was interrupted while it waited
     * @throws ErrGroupException a task failed, or the group was cancelled; see {@link ErrGroup#await()}
     */
    default <T, R extends @Nullable Object> List<R> map(
            String name, Iterable<? extends T> items, ThrowingFunction<? super T, ? extends R> function)
            throws InterruptedException {
        return call(name, group -> results(group, group.map(items, function)));
    }

    /**
     * As {@link #map(String, Iterable, ThrowingFunction)}, for a stream, which is read as in
     * {@link ErrGroup#forEach(Stream, ThrowingConsumer)}. The stream is not closed.
     *
     * @param name the group's name
     * @param items the items
     * @param function makes the result of one item
     * @param <T> the items' type
     * @param <R> the results' type
     * @return the results in the order of the items
     * @throws InterruptedException the thread was interrupted while it waited
     * @throws ErrGroupException a task failed, or the group was cancelled; see {@link ErrGroup#await()}
     */
    default <T, R extends @Nullable Object> List<R> map(
            String name, Stream<? extends T> items, ThrowingFunction<? super T, ? extends R> function)
            throws InterruptedException {
        return call(name, group -> results(group, group.map(items, function)));
    }

    /**
     * As {@link #map(String, Iterable, ThrowingFunction)}, with a name for each task, as in
     * {@link ErrGroup#map(Iterable, Function, ThrowingFunction)}.
     *
     * @param name the group's name
     * @param items the items
     * @param itemName the name of an item's task
     * @param function makes the result of one item
     * @param <T> the items' type
     * @param <R> the results' type
     * @return the results in the order of the items
     * @throws InterruptedException the thread was interrupted while it waited
     * @throws NullPointerException if the name of an item is null
     * @throws ErrGroupException a task failed, or the group was cancelled; see {@link ErrGroup#await()}
     */
    default <T, R extends @Nullable Object> List<R> map(
            String name,
            Iterable<? extends T> items,
            Function<? super T, String> itemName,
            ThrowingFunction<? super T, ? extends R> function)
            throws InterruptedException {
        return call(name, group -> results(group, group.map(items, itemName, function)));
    }

    /**
     * As {@link #map(String, Stream, ThrowingFunction)}, with a name for each task, as in
     * {@link ErrGroup#map(Stream, Function, ThrowingFunction)}.
     *
     * @param name the group's name
     * @param items the items
     * @param itemName the name of an item's task
     * @param function makes the result of one item
     * @param <T> the items' type
     * @param <R> the results' type
     * @return the results in the order of the items
     * @throws InterruptedException the thread was interrupted while it waited
     * @throws NullPointerException if the name of an item is null
     * @throws ErrGroupException a task failed, or the group was cancelled; see {@link ErrGroup#await()}
     */
    default <T, R extends @Nullable Object> List<R> map(
            String name,
            Stream<? extends T> items,
            Function<? super T, String> itemName,
            ThrowingFunction<? super T, ? extends R> function)
            throws InterruptedException {
        return call(name, group -> results(group, group.map(items, itemName, function)));
    }

    /**
     * Runs a task for each item, in a group of its own, and returns the first result. The first success cancels the other
     * tasks, and they have ended when this returns.
     *
     * <pre>{@code
     * String page = groups.any("mirror", mirrors, mirror -> fetch(mirror));
     * }</pre>
     *
     * <p>A failure ends nothing while another item may succeed; an {@code Error} does. With a limit of 1 the items are tried one
     * after the other. The items are read before the first task starts; hence there is no form for a stream, which may
     * be endless or slow: {@code stream.toList()} reads one.
     *
     * @param name the group's name
     * @param items the items, at least one
     * @param function makes the result of one item; a null is a result
     * @param <T> the items' type
     * @param <R> the results' type
     * @return the first result
     * @throws IllegalArgumentException if there are no items
     * @throws InterruptedException the thread was interrupted while it waited
     * @throws ErrGroupException every item failed: the first failure is the cause, the others are suppressed; or the group
     *     was cancelled before the first success; see {@link ErrGroup#await()}
     */
    default <T extends @Nullable Object, R extends @Nullable Object> R any(
            String name, Iterable<? extends T> items, ThrowingFunction<? super T, ? extends R> function)
            throws InterruptedException {
        return this.<T, R>any(name, 1, items, function).get(0);
    }

    /**
     * As {@link #any(String, Iterable, ThrowingFunction)}, for a quorum: the first k results, in the order in which they
     * came. Gives up as soon as too few items are left for k of them to succeed.
     *
     * <pre>{@code
     * List<Long> answers = groups.any("read", 2, replicas, replica -> replica.find(sku));
     * }</pre>
     *
     * @param name the group's name
     * @param k how many results are enough: from 1 to the number of items
     * @param items the items
     * @param function makes the result of one item; a null is a result
     * @param <T> the items' type
     * @param <R> the results' type
     * @return k results
     * @throws IllegalArgumentException if k is below 1, or there are fewer items
     * @throws InterruptedException the thread was interrupted while it waited
     * @throws ErrGroupException too many items failed: the first failure is the cause, the others are suppressed; or the
     *     group was cancelled before; see {@link ErrGroup#await()}
     */
    default <T extends @Nullable Object, R extends @Nullable Object> List<R> any(
            String name, int k, Iterable<? extends T> items, ThrowingFunction<? super T, ? extends R> function)
            throws InterruptedException {
        return Race.run(this, name, k, items, null, function);
    }

    /**
     * As {@link #any(String, Iterable, ThrowingFunction)}, with a name for each task, as in
     * {@link ErrGroup#map(Iterable, Function, ThrowingFunction)}: what it throws says which item failed first.
     *
     * @param name the group's name
     * @param items the items, at least one
     * @param itemName the name of an item's task
     * @param function makes the result of one item; a null is a result
     * @param <T> the items' type
     * @param <R> the results' type
     * @return the first result
     * @throws IllegalArgumentException if there are no items
     * @throws NullPointerException if the name of an item is null
     * @throws InterruptedException the thread was interrupted while it waited
     * @throws ErrGroupException every item failed, or the group was cancelled before the first success
     */
    default <T extends @Nullable Object, R extends @Nullable Object> R any(
            String name,
            Iterable<? extends T> items,
            Function<? super T, String> itemName,
            ThrowingFunction<? super T, ? extends R> function)
            throws InterruptedException {
        return this.<T, R>any(name, 1, items, itemName, function).get(0);
    }

    /**
     * As {@link #any(String, int, Iterable, ThrowingFunction)}, with a name for each task.
     *
     * @param name the group's name
     * @param k how many results are enough: from 1 to the number of items
     * @param items the items
     * @param itemName the name of an item's task
     * @param function makes the result of one item; a null is a result
     * @param <T> the items' type
     * @param <R> the results' type
     * @return k results
     * @throws IllegalArgumentException if k is below 1, or there are fewer items
     * @throws NullPointerException if the name of an item is null
     * @throws InterruptedException the thread was interrupted while it waited
     * @throws ErrGroupException too many items failed, or the group was cancelled before
     */
    default <T extends @Nullable Object, R extends @Nullable Object> List<R> any(
            String name,
            int k,
            Iterable<? extends T> items,
            Function<? super T, String> itemName,
            ThrowingFunction<? super T, ? extends R> function)
            throws InterruptedException {
        return Race.run(this, name, k, items, Objects.requireNonNull(itemName, "itemName"), function);
    }

    private static <R extends @Nullable Object> List<R> results(ErrGroup group, List<Subtask<R>> subtasks)
            throws InterruptedException {
        group.await();
        List<R> results = new ArrayList<>(subtasks.size());
        for (Subtask<R> subtask : subtasks) {
            results.add(subtask.get());
        }
        return results;
    }

    /**
     * Handles each item, in tasks of a group of its own, and waits for all.
     *
     * @param name the group's name
     * @param items the items
     * @param action what to do with one item
     * @param <T> the items' type
     * @throws InterruptedException the thread was interrupted while it waited
     * @throws ErrGroupException a task failed, or the group was cancelled; see {@link ErrGroup#await()}
     */
    default <T> void forEach(String name, Iterable<? extends T> items, ThrowingConsumer<? super T> action)
            throws InterruptedException {
        this.<@Nullable Void, RuntimeException>call(name, group -> {
            group.forEach(items, action);
            return null;
        });
    }

    /**
     * As {@link #forEach(String, Iterable, ThrowingConsumer)}, for a stream, which is read as in
     * {@link ErrGroup#forEach(Stream, ThrowingConsumer)}. The stream is not closed.
     *
     * @param name the group's name
     * @param items the items
     * @param action what to do with one item
     * @param <T> the items' type
     * @throws InterruptedException the thread was interrupted while it waited
     * @throws ErrGroupException a task failed, or the group was cancelled; see {@link ErrGroup#await()}
     */
    default <T> void forEach(String name, Stream<? extends T> items, ThrowingConsumer<? super T> action)
            throws InterruptedException {
        this.<@Nullable Void, RuntimeException>call(name, group -> {
            group.forEach(items, action);
            return null;
        });
    }

    /**
     * As {@link #forEach(String, Iterable, ThrowingConsumer)}, with a name for each task, as in
     * {@link ErrGroup#forEach(Iterable, Function, ThrowingConsumer)}.
     *
     * @param name the group's name
     * @param items the items
     * @param itemName the name of an item's task
     * @param action what to do with one item
     * @param <T> the items' type
     * @throws InterruptedException the thread was interrupted while it waited
     * @throws NullPointerException if the name of an item is null
     * @throws ErrGroupException a task failed, or the group was cancelled; see {@link ErrGroup#await()}
     */
    default <T> void forEach(
            String name,
            Iterable<? extends T> items,
            Function<? super T, String> itemName,
            ThrowingConsumer<? super T> action)
            throws InterruptedException {
        this.<@Nullable Void, RuntimeException>call(name, group -> {
            group.forEach(items, itemName, action);
            return null;
        });
    }

    /**
     * As {@link #forEach(String, Stream, ThrowingConsumer)}, with a name for each task, as in
     * {@link ErrGroup#forEach(Stream, Function, ThrowingConsumer)}.
     *
     * @param name the group's name
     * @param items the items
     * @param itemName the name of an item's task
     * @param action what to do with one item
     * @param <T> the items' type
     * @throws InterruptedException the thread was interrupted while it waited
     * @throws NullPointerException if the name of an item is null
     * @throws ErrGroupException a task failed, or the group was cancelled; see {@link ErrGroup#await()}
     */
    default <T> void forEach(
            String name,
            Stream<? extends T> items,
            Function<? super T, String> itemName,
            ThrowingConsumer<? super T> action)
            throws InterruptedException {
        this.<@Nullable Void, RuntimeException>call(name, group -> {
            group.forEach(items, itemName, action);
            return null;
        });
    }

    /**
     * An Executor for code that takes one, with the settings of a name:
     *
     * <pre>{@code
     * Executor saving = groups.executor("saving");
     * CompletableFuture<Void> saved = CompletableFuture.runAsync(() -> save(skus), saving);
     * }</pre>
     *
     * <p>Each task has a group of its own, which ends with it. It runs under the name's
     * {@linkplain ErrGroupOptions#sharedLimit() shared limit}, with the context of the caller of {@code execute} and the
     * name's {@linkplain ErrGroupOptions#taskTimeout() taskTimeout}. Listeners are told of it, {@link #live()} has its
     * group, and the application's shutdown ends it as it ends any group. The name's {@code limit} and {@code timeout} are
     * meant for one group of several tasks, and are not applied: set a shared limit.
     *
     * <p><b>What it is not.</b> It is no scope: nobody waits for its tasks, they do not cancel each other, and they are not
     * cancelled with the task that submits them. It is no ExecutorService. It keeps its tasks in no order. A task that waits
     * for another one of the same executor, as by {@code join()}, holds its slot meanwhile: with a shared limit that can
     * wait for ever, as in any pool; a group's {@code await()} cannot.
     *
     * <p><b>Blocking.</b> {@code execute} blocks while the shared limit is reached, for at most
     * {@link ErrGroupOptions#limitWait() limitWait}. In a task under the same shared limit it never blocks: the new task is
     * queued, in a queue without bound. <b>Cancellation.</b> Cancelling a {@code CompletableFuture} stops no task, here as on
     * any executor. An interrupt of a blocked caller rejects the task and sets the flag again. <b>Thread-safety.</b> Thread-safe, and
     * cheap to ask for. <b>Memory.</b> What was done before {@code execute} happens-before the task.
     *
     * <p><b>Errors.</b> {@code execute} throws a {@code RejectedExecutionException} if the task does not start. Past
     * {@code limitWait} it is a {@link LimitExceededException}. Otherwise its cause is what cancelled the task, as after a
     * shutdown, or what an executor of the name's own threw. If the task throws, that is counted as a failure, and then goes
     * to the uncaught-exception handler of its thread. A {@code CompletableFuture} or {@code FutureTask} keeps what its work
     * throws: as a task it has succeeded. If a shutdown comes before the turn of a queued task, the task is logged, and
     * cancelled if it is a {@code Future}.
     *
     * @param name the group's name in messages, meters and properties
     * @return an executor; the executors of one name share its limits
     * @throws IllegalArgumentException if the name is blank
     */
    default Executor executor(String name) {
        return new GroupExecutor(this, name);
    }

    /**
     * The groups of this factory that are open now.
     *
     * @return a copy, in no order
     */
    List<ErrGroup> live();

    /**
     * A factory without Spring: every name has the same settings, but for the name.
     *
     * @param settings the settings of every group
     * @return a factory
     */
    static ErrGroups of(ErrGroupOptions settings) {
        return new PlainErrGroups(settings);
    }

    /**
     * A factory without Spring, as {@link #of(ErrGroupOptions)}, with the default settings, changed:
     * {@code ErrGroups.of(o -> o.limit(8))}.
     *
     * @param changes what to change
     * @return a factory
     */
    static ErrGroups of(Consumer<ErrGroupOptions.Builder> changes) {
        Objects.requireNonNull(changes, "changes");
        ErrGroupOptions.Builder settings = ErrGroupOptions.builder();
        changes.accept(settings);
        return of(settings.build());
    }
}
