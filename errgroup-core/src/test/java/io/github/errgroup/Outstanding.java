package io.github.errgroup;

/** Shows tests in other packages when a group is at rest. */
public final class Outstanding {
    private Outstanding() {}

    /** Tasks that hold a slot or wait for one: those whose end is known are not among them. */
    public static int of(ErrGroup group) {
        return ((GroupEngine) group.context()).outstanding();
    }

    /** Tasks of the group that wait for a slot of the shared limit before they start. */
    public static int queuedFor(SharedLimit shared, ErrGroup group) {
        int[] queued = {0};
        shared.forEachQueued((GroupEngine) group.context(), task -> queued[0]++);
        return queued[0];
    }

    /** Whether nothing is outstanding, and nobody is inside a cancellation. */
    public static boolean isNone(ErrGroup group) {
        return ((GroupEngine) group.context()).isQuiet();
    }
}
