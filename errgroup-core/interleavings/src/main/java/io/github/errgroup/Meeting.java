package io.github.errgroup;

import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Where the two actors of a sample wait for each other, so that both are in the engine at the same moment also when one
 * takes longer than the other, sample after sample. Each then goes on a little later by chance, since what races in the
 * engine lies deeper in the one's way than in the other's.
 */
final class Meeting {
    private static final int ACTORS = 2;

    /** The one that waits in vain, for the other has no processor now, goes on alone. */
    private static final int PATIENCE_SPINS = 500;

    /** At most 2 to the power of this many spins later; short delays are as frequent as long ones. */
    private static final int DELAY_BITS = 8;

    private final AtomicInteger arrived = new AtomicInteger();

    void meet() {
        arrived.getAndIncrement();
        for (int spins = 0; spins < PATIENCE_SPINS && arrived.get() < ACTORS; spins++) {
            Thread.onSpinWait();
        }
        ThreadLocalRandom random = ThreadLocalRandom.current();
        for (int spins = random.nextInt(1 << random.nextInt(DELAY_BITS + 1)); spins > 0; spins--) {
            Thread.onSpinWait();
        }
    }
}
