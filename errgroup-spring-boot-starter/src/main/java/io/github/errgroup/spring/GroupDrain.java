package io.github.errgroup.spring;

import io.github.errgroup.ErrGroup;
import io.github.errgroup.FrameworkAccess;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.springframework.util.ClassUtils;
import org.springframework.web.context.request.RequestAttributes;
import org.springframework.web.context.request.RequestContextHolder;

/**
 * How the groups of an application come to their end: running, then draining (someone waits for the last group), then
 * stopped (whatever still opens is cancelled at once). Those of requests stop earlier than the others. It never goes back,
 * but for {@link #restart}.
 *
 * <p>Protocol: a group that opens is among the live ones first, and then looks whether it is too
 * late; the thread that stops them writes that first, and goes through the live ones after. So no group is overlooked.
 */
final class GroupDrain {
    /** An upper bound on how late a change is seen that no listener tells: a group that nobody closes ran out of tasks. */
    private static final long LOOK_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final Requests requests;

    private final ReentrantLock lock = new ReentrantLock();

    private final Condition changed = lock.newCondition();

    /** Written by the shutdown's thread, read by every thread in which a group ends. */
    private volatile boolean draining;

    /** Written by the shutdown's threads, read by every thread that opens a group for a request. */
    private volatile boolean requestsStopped;

    /** Written by the shutdown's threads, read by every thread that opens a group. */
    private volatile boolean stopped;

    /** Web requests. */
    @FunctionalInterface
    interface Requests {
        /** The latch that opens when the request of the calling thread was handled; null if it is at work for none. */
        @Nullable
        CountDownLatch current();

        /** Servlet requests, where this class loader knows of them; else none. */
        static Requests knownTo(@Nullable ClassLoader classLoader) {
            return ClassUtils.isPresent("org.springframework.web.context.request.RequestContextHolder", classLoader)
                    ? new ServletRequests()
                    : () -> null;
        }
    }

    GroupDrain(Requests requests) {
        this.requests = requests;
    }

    /**
     * The latch of the web request that opens a group in this thread; null if none does. A group that is opened in a task
     * belongs to the request that opened its root, and is cancelled with that root.
     */
    @Nullable
    CountDownLatch requestOf(ErrGroup group) {
        return FrameworkAccess.parentOf(group) == null ? requests.current() : null;
    }

    /** A group has opened, and is among the live ones; after the stop it must not run anything. */
    void opened(ErrGroup group, boolean ofRequest) {
        if (stopped || (ofRequest && requestsStopped)) {
            FrameworkAccess.cancelForShutdown(group);
        }
    }

    /** A group has ended, or its last task has. */
    void changed() {
        if (draining) {
            lock.lock();
            try {
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    /** From now on every group that a request opens is cancelled at once. The caller cancels those that are open. */
    void stopRequests() {
        requestsStopped = true;
    }

    /** From now on every group that opens is cancelled at once. The caller cancels those that were open before. */
    void stop() {
        stopped = true;
    }

    void restart() {
        stopped = false;
        requestsStopped = false;
        draining = false;
    }

    /** Waits until the condition holds, which is asked again after each change; false if the time ran out. */
    boolean await(BooleanSupplier condition, Duration patience) throws InterruptedException {
        draining = true;
        long end = System.nanoTime() + patience.toNanos();
        lock.lock();
        try {
            while (!condition.getAsBoolean()) {
                long left = end - System.nanoTime();
                if (left <= 0) {
                    return false;
                }
                // The result is of no use: the loop looks at the condition and the clock itself.
                long unused = changed.awaitNanos(Math.min(left, LOOK_AGAIN_NANOS));
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Servlet requests: Spring tells on which threads it runs a handler or a filter, Spring MVC's asynchronous ones too. Of
     * those it does not tell when they were handled.
     */
    private static final class ServletRequests implements GroupDrain.Requests {
        private static final String HANDLED = ServletRequests.class.getName();

        @Override
        public @Nullable CountDownLatch current() {
            RequestAttributes request = RequestContextHolder.getRequestAttributes();
            if (request == null) {
                return null;
            }
            try {
                Object known = request.getAttribute(HANDLED, RequestAttributes.SCOPE_REQUEST);
                if (known instanceof CountDownLatch handled) {
                    return handled;
                }
                CountDownLatch handled = new CountDownLatch(1);
                request.setAttribute(HANDLED, handled, RequestAttributes.SCOPE_REQUEST);
                request.registerDestructionCallback(HANDLED, handled::countDown, RequestAttributes.SCOPE_REQUEST);
                return handled;
            } catch (IllegalStateException over) {
                return null; // somebody works on after the request was answered
            }
        }
    }
}
