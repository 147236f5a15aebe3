package io.github.errgroup.spring.autoconfigure;

import io.github.errgroup.spring.ErrGroupRegistry;
import io.github.errgroup.spring.autoconfigure.ErrGroupProperties.SingletonUse;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a group that was injected into a singleton, or into another bean that threads share, from being used directly.
 * It runs at the group's first use, and lets it pass until the owner is ready ({@link #heldBy}); so
 * {@code @PostConstruct} may use the group.
 */
final class SingletonGuard implements Runnable {
    private static final Log logger = LogFactory.getLog(SingletonGuard.class);

    private final String group;
    private final SingletonUse use;
    private final AtomicBoolean warned = new AtomicBoolean();

    /** Written once by the thread that makes the owner, before anyone else has it; read at each first use. */
    private volatile @Nullable Owner owner;

    SingletonGuard(String group, SingletonUse use) {
        this.group = group;
        this.use = use;
    }

    void heldBy(Owner shared) {
        owner = shared;
    }

    @Override
    public void run() {
        Owner shared = owner;
        if (shared == null) {
            return;
        }
        if (use == SingletonUse.FAIL) {
            throw new IllegalStateException(message(shared));
        }
        if (warned.compareAndSet(false, true)) {
            logger.warn(message(shared));
        }
    }

    private String message(Owner shared) {
        boolean unnamed = group.equals(ErrGroupRegistry.DEFAULT_NAME);
        return "Group '" + group + "' was injected into " + shared
                + " and is used directly: all callers would share one group, which ends once, and see each other's"
                + " failures. A group per call comes from (1) the ErrGroups bean: groups.open("
                + (unnamed ? "" : "\"" + group + "\"") + "), or (2) this group as a template: group.fresh(), or"
                + " (3) an injected ObjectProvider<ErrGroup>: groups.getObject()."
                + " errgroup.singleton-use=warn only logs this";
    }

    /**
     * A bean that threads share, and into which a group was injected; for the message.
     *
     * @param scope the bean's scope: {@code singleton}, {@code session}, any other than prototype and request
     * @param bean the bean's name
     * @param type its class
     * @param place the field or parameter, in words
     */
    record Owner(String scope, String bean, String type, String place) {
        @Override
        public String toString() {
            return scope + " bean '" + bean + "' (" + type + ", " + place + ")";
        }
    }
}
