package io.github.errgroup;

/** Shows tests in other packages when a group is at rest. */
public final class Outstanding {
    private Outstanding() {}

    /** Tasks that hold a slot or wait for one: those whose end is known are not among them. */
    public static int of(ErrGroup group) {
        return ((GroupEngine) group.context()).outstanding();
    }

    /** Whether nothing is outstanding, and nobody is inside a cancellation. */
    public static boolean isNone(ErrGroup group) {
        return ((GroupEngine) group.context()).isQuiet();
    }
}
