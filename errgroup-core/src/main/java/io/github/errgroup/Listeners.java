package io.github.errgroup;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The listeners of one group. Tells each of them, and lets none of them change anything by throwing (J10). */
final class Listeners {
    /** Whose first failure was logged: factories, or listeners that were there before the group. */
    private static final Map<Object, Boolean> LOGGED = Collections.synchronizedMap(new WeakHashMap<>());

    private final List<GroupListener.Factory> factories;

    /** By the index of its factory; null where that made none. */
    private final @Nullable GroupListener[] all;

    private Listeners(List<GroupListener.Factory> factories, @Nullable GroupListener[] all) {
        this.factories = factories;
        this.all = all;
    }

    /** A listener that is told of every group. */
    record Shared(GroupListener listener) implements GroupListener.Factory {
        @Override
        public GroupListener listen(ErrGroup group) {
            return listener;
        }
    }

    /** Asks the factories. Null where nobody listens. */
    static @Nullable Listeners of(ErrGroup group, List<GroupListener.Factory> factories) {
        @Nullable GroupListener @Nullable [] all = null;
        for (int i = 0; i < factories.size(); i++) {
            GroupListener made = make(factories.get(i), group);
            if (made != null) {
                if (all == null) {
                    all = new GroupListener[factories.size()];
                }
                all[i] = made;
            }
        }
        return all == null ? null : new Listeners(factories, all);
    }

    private static @Nullable GroupListener make(GroupListener.Factory factory, ErrGroup group) {
        try {
            return factory.listen(group);
        } catch (Throwable e) {
            logOnce(factory, factory, e);
            return null;
        }
    }

    void tell(Consumer<GroupListener> event) {
        for (int i = 0; i < all.length; i++) {
            GroupListener listener = all[i];
            if (listener != null) {
                try {
                    event.accept(listener);
                } catch (Throwable e) {
                    logOnce(factories.get(i) instanceof Shared ? listener : factories.get(i), listener, e);
                }
            }
        }
    }

    private static void logOnce(Object culprit, Object thrower, Throwable failure) {
        try {
            if (LOGGED.putIfAbsent(culprit, true) == null) {
                Log.warn(
                        "listener " + thrower.getClass().getName()
                                + " failed; the group goes on, and further failures of this listener are not logged",
                        failure);
            }
        } catch (Throwable notRemembered) {
            // Its hashCode or equals throws. Not suppressed in the failure: that is the user's (J7), and may be the
            // same.
            Log.warn("listener " + thrower.getClass().getName() + " failed, and cannot be remembered for it", failure);
        }
    }
}
