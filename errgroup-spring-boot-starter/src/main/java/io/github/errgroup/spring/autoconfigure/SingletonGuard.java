package io.github.errgroup.spring.autoconfigure;

import io.github.errgroup.spring.autoconfigure.ErrGroupProperties.SingletonUse;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a group that was injected into a singleton from being used directly. It runs at the group's first use, and lets
 * it pass until the singleton is ready ({@link #heldBy}); so {@code @PostConstruct} may use the group.
 */
final class SingletonGuard implements Runnable {
    private static final Log logger = LogFactory.getLog(SingletonGuard.class);

    private final String group;
    private final SingletonUse use;
    private final AtomicBoolean warned = new AtomicBoolean();

    /** Written once by the thread that makes the singleton, before anyone else has it; read at each first use. */
    private volatile @Nullable SingletonOwner owner;

    SingletonGuard(String group, SingletonUse use) {
        this.group = group;
        this.use = use;
    }

    void heldBy(SingletonOwner singleton) {
        owner = singleton;
    }

    @Override
    public void run() {
        SingletonOwner singleton = owner;
        if (singleton == null) {
            return;
        }
        if (use == SingletonUse.FAIL) {
            throw new IllegalStateException(message(singleton));
        }
        if (warned.compareAndSet(false, true)) {
            logger.warn(message(singleton));
        }
    }

    private String message(SingletonOwner singleton) {
        boolean unnamed = group.equals(ErrGroupRegistry.DEFAULT_NAME);
        return "Group '" + group + "' was injected into " + singleton
                + " and is used directly: all callers would share one group, which ends once, and see each other's"
                + " failures. A group per call comes from (1) the ErrGroups bean: groups.open("
                + (unnamed ? "" : "\"" + group + "\"") + "), or (2) this group as a template: group.fresh(), or"
                + " (3) an injected ObjectProvider<ErrGroup>: groups.getObject()."
                + " errgroup.singleton-use=warn only logs this";
    }
}
