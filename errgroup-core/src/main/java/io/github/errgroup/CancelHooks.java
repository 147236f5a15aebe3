package io.github.errgroup;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The hooks of one group. Each runs at most once: when the group is cancelled, or at once if it is already. Register,
 * then check: a hook is in the set before the cancellation is read, and the canceller empties the set after writing it.
 */
final class CancelHooks {
    private final GroupEngine engine;

    private final Set<Hook> waiting = ConcurrentHashMap.newKeySet();

    /** Threads inside a hook: they must not await the group, which awaits them. */
    private final Set<Thread> running = ConcurrentHashMap.newKeySet();

    CancelHooks(GroupEngine engine) {
        this.engine = engine;
    }

    Registration add(Runnable action) {
        TaskRun<?> owner = CurrentTask.get();
        if (owner != null) {
            owner.extras(); // made in its own thread
        }
        ContextPropagator propagator = engine.options().contextPropagator();
        return add(new Hook(action, owner, propagator == null ? null : propagator.capture()));
    }

    /** Adds one of the engine's own, which explains no exception of the task that this thread runs. */
    Registration addOwn(Runnable action) {
        return add(new Hook(action, null, null));
    }

    private Registration add(Hook hook) {
        waiting.add(hook); // fault: hook-is-registered
        boolean late = engine.cancellation() != null || (hook.owner != null && hook.owner.hasTimedOut());
        if (late && waiting.remove(hook)) { // fault: registered-hook-looks
            engine.hooksBegin();
            try {
                run(hook);
            } finally {
                engine.hooksEnd();
            }
        }
        return () -> waiting.remove(hook);
    }

    /** Runs all hooks that are there, each once, in this thread. */
    void runAll() {
        for (Hook hook : waiting) {
            if (waiting.remove(hook)) {
                run(hook);
            }
        }
    }

    /** Whether a task has registered one that has not run. */
    boolean hasAnyOf(TaskRun<?> task) {
        for (Hook hook : waiting) {
            if (hook.owner == task) {
                return true;
            }
        }
        return false;
    }

    /** Runs the hooks that a task has registered, whose own deadline has passed, each once, in this thread. */
    void runAllOf(TaskRun<?> task) {
        for (Hook hook : waiting) {
            if (hook.owner == task && waiting.remove(hook)) {
                run(hook);
            }
        }
    }

    private void run(Hook hook) {
        boolean outermost = running.add(Thread.currentThread());
        try {
            OpenersLoader.runWith(engine.openersLoader(), () -> hook.run(engine));
        } finally {
            if (outermost) {
                running.remove(Thread.currentThread());
            }
        }
    }

    boolean isRunningIn(Thread thread) {
        return running.contains(thread);
    }

    /** A successful end: nobody will run them. */
    void clear() {
        waiting.clear();
    }

    /** Equal to itself alone, so that one action may be registered twice. */
    private static final class Hook {
        private final Runnable action;

        private final @Nullable TaskRun<?> owner;

        /** The context of the thread that registered it. */
        private final ContextPropagator.@Nullable Captured captured;

        private final AtomicBoolean ran = new AtomicBoolean();

        Hook(Runnable action, @Nullable TaskRun<?> owner, ContextPropagator.@Nullable Captured captured) {
            this.action = action;
            this.owner = owner;
            this.captured = captured;
        }

        void run(GroupEngine engine) {
            if (!ran.compareAndSet(false, true)) {
                return;
            }
            if (owner != null) {
                owner.extras().hookRan = true;
            }
            ContextPropagator.Scope scope = openScope(engine);
            try {
                action.run();
            } catch (Throwable e) {
                Log.warn("group '" + engine.options().name() + "': a cancellation hook failed; the others run", e);
            } finally {
                close(scope, engine);
            }
        }

        /** What a hook is for, a socket that must be closed, matters more than its context. */
        private ContextPropagator.@Nullable Scope openScope(GroupEngine engine) {
            try {
                return captured == null ? null : captured.open();
            } catch (Throwable e) {
                Log.warn(
                        "group '" + engine.options().name()
                                + "': the context of a cancellation hook could not be set; the hook runs without",
                        e);
                return null;
            }
        }

        private static void close(ContextPropagator.@Nullable Scope scope, GroupEngine engine) {
            try {
                if (scope != null) {
                    scope.close();
                }
            } catch (Throwable e) {
                Log.warn(
                        "group '" + engine.options().name()
                                + "': restoring the thread's context after a cancellation hook failed",
                        e);
            }
        }
    }
}
