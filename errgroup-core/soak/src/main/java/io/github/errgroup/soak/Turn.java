package io.github.errgroup.soak;

import org.jspecify.annotations.Nullable;

/** A task that runs: what it holds. Confined to its thread. */
final class Turn {
    private final Ledger ledger;

    private final @Nullable SharedGauge shared;

    private boolean counted;

    Turn(Ledger ledger, @Nullable SharedGauge shared) {
        this.ledger = ledger;
        this.shared = shared;
        takeShared();
    }

    Ledger ledger() {
        return ledger;
    }

    private void takeShared() {
        if (shared != null) {
            counted = true;
            if (shared.enter()) {
                ledger.broken("above the shared limit of " + shared.ceiling() + ": " + shared.running() + " run");
            }
        }
    }

    /** Before it may wait for a group of its own, and before it ends. */
    void leaveShared() {
        if (shared != null && counted) {
            counted = false;
            shared.leave();
        }
    }

    /** After it waited. A cancelled task goes on without a slot (N7), so it is not counted again. */
    void returnToShared() {
        if (!ledger.group().context().isCancelled()) {
            takeShared();
        }
    }
}
