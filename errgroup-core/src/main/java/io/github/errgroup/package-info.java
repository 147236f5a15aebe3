/**
 * Go's {@code errgroup} for Java: a group starts subtasks, waits for all of them, keeps the first error and cancels
 * the rest, within a limit.
 *
 * <p>The nouns, and how they relate: a {@linkplain io.github.errgroup.ErrGroup group} is opened with
 * {@linkplain io.github.errgroup.ErrGroupOptions options} and starts tasks, each known by its
 * {@linkplain io.github.errgroup.Subtask subtask} handle. All tasks of a group share one
 * {@linkplain io.github.errgroup.GroupContext context}: its cancellation and deadline. What happens is told to
 * {@linkplain io.github.errgroup.GroupListener listeners}. {@link io.github.errgroup.ErrGroups} is a factory of groups
 * that are tuned by name. {@link io.github.errgroup.FrameworkAccess} is for frameworks alone.
 *
 * <p>Nothing here is null unless it says {@link org.jspecify.annotations.Nullable}, and everything is thread-safe
 * unless it says otherwise.
 *
 * <p>A letter and a number, as J1 or N7, name a rule of the contract: {@code docs/reference/rules.md} has each rule, and the
 * tests that show it.
 *
 * <p><b>Inside.</b> What a user does not name is package-private. In the order in which a task meets it:
 *
 * <ol>
 *   <li><b>The group.</b> {@code GroupEngine} is what an {@code ErrGroup} hands its calls to. It stands on
 *       {@code GroupState}, which has the counts and the phase in one word. {@code Deadline} and {@code SystemClock} end the
 *       group in time; {@code Children} are the groups that a task has opened, {@code OpeningPlace} is the code that opened
 *       this one.
 *   <li><b>The way in.</b> {@code go} captures the context and admits the task. Where the group is full it waits in
 *       {@code Slots}, where a limit over several groups is reached in {@code SharedLimit}; a {@code Trampoline} starts what
 *       waits there, when a task ends or the limit is raised ({@code GroupEngine.setLimit}). {@code Wait} is the one loop in
 *       which callers of {@code go} and threads in {@code await} and {@code close} park; a {@code LimitWait} bounds the wait
 *       for a slot, and a {@code ShortWait} comes before it parks. {@code Reading} reads the items of {@code forEach} and
 *       {@code map}, {@code Results} those of a loop over results, {@code Race} those of {@code any}; a
 *       {@code GroupExecutor} submits what anybody gives it.
 *   <li><b>A thread.</b> A {@code Launcher} gives the task one: {@code FreshThreads}; {@code Workers}, which take their
 *       tasks from a {@code RunQueue} and are no more than the limit; or an {@code ExternalExecutor}, with
 *       {@code Compensation} if it is starved, and {@code LastSteps} to tell whether it rejects a task for a moment only.
 *       {@code OwnThreads} makes the first two, with {@code LentThreads} where a user's factory makes the threads. All of
 *       them know the group as a {@code TaskGroup}.
 *   <li><b>Running.</b> {@code TaskRun} is the task: its handle, and the protocol by which it is taken, interrupted and
 *       ended. {@code TaskExtras} has what only some tasks have, and opens the captured context around the task, as
 *       {@code ScopedValues} binds scoped values; a {@code DeadlineTask} has a deadline of its own, and
 *       {@code TaskDeadlines} the one timer for all of a group. {@code CurrentTask} tells which task a thread runs, by a
 *       field of a {@code TaskThread} or by the {@code ThreadTable}, {@code LiveTasks} which tasks a group runs. A
 *       {@code Host} resets the thread after it, as a worker or a pool's thread needs; {@code OpenersLoader} sets the class
 *       loader where user code runs on a thread that is not the user's.
 *   <li><b>A failure.</b> {@code Failures} decides which one is the {@code FirstCause}, and keeps it and a bounded rest.
 *       {@code Cancellation} says that, why and when the group was cancelled; {@code Interrupts} and {@code CancelHooks}
 *       tell the tasks; {@code Stragglers} names those that do not heed it. A task that has not begun is skipped
 *       ({@code TaskRun.perform}, {@code GroupEngine.endUnstarted}); one that had begun, and threw because of it, is
 *       cancelled ({@code GroupEngine.end}).
 *   <li><b>The end.</b> A {@code Verdict} is what {@code await} and {@code close} answer, with the message of a deadline as
 *       {@code GroupEngine.timeoutException} made it. {@code Listeners} and {@code Snapshots} tell others.
 * </ol>
 */
@NullMarked
package io.github.errgroup;

import org.jspecify.annotations.NullMarked;
