package io.github.errgroup;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.function.Consumer;

/** Tells every listener, and lets none of them change anything by throwing (J10). */
final class Listeners {
    /** Listeners whose first failure was logged. */
    private static final Map<GroupListener, Boolean> LOGGED = Collections.synchronizedMap(new WeakHashMap<>());

    private final List<GroupListener> all;

    Listeners(List<GroupListener> all) {
        this.all = all;
    }

    void tell(Consumer<GroupListener> event) {
        for (int i = 0; i < all.size(); i++) {
            GroupListener listener = all.get(i);
            try {
                event.accept(listener);
            } catch (Throwable e) {
                logOnce(listener, e);
            }
        }
    }

    private static void logOnce(GroupListener listener, Throwable failure) {
        try {
            if (LOGGED.putIfAbsent(listener, true) == null) {
                Log.warn(
                        "listener " + listener.getClass().getName()
                                + " failed; the group goes on, and further failures of this listener are not logged",
                        failure);
            }
        } catch (Throwable notRemembered) {
            // Its hashCode or equals throws. Not suppressed in the failure: that is the user's (J7), and may be the
            // same.
            Log.warn("listener " + listener.getClass().getName() + " failed, and cannot be remembered for it", failure);
        }
    }
}
