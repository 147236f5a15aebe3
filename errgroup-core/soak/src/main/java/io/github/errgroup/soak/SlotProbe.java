package io.github.errgroup.soak;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Counts free slots from outside: by filling them. */
final class SlotProbe {
    private static final int PATIENCE_SECONDS = 20;

    private SlotProbe() {}

    /**
     * Starts tasks that hold their slots until no more can be started, or one more than there may be; then lets them go.
     * The caller awaits the group.
     *
     * @param ledger of a group none of whose tasks runs
     * @param limit how many slots there must be
     * @param together whether all can run at once, and must
     * @return how many slots were free
     */
    static int fill(Ledger ledger, int limit, boolean together) {
        CountDownLatch inside = new CountDownLatch(limit);
        CountDownLatch leave = new CountDownLatch(1);
        int free = 0;
        try {
            while (free <= limit && ledger.tryGo(turn -> hold(inside, leave), TaskKind.PROBE)) {
                free++;
            }
            if (together && free == limit && !await(inside)) {
                ledger.broken("a full limit runs: of " + limit + " tasks only " + (limit - inside.getCount()) + " do");
            }
        } finally {
            leave.countDown();
        }
        return free;
    }

    private static void hold(CountDownLatch inside, CountDownLatch leave) throws InterruptedException {
        inside.countDown();
        leave.await();
    }

    private static boolean await(CountDownLatch inside) {
        try {
            return inside.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts the thread that counts slots", e);
        }
    }
}
