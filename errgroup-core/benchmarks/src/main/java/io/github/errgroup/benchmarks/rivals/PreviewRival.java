package io.github.errgroup.benchmarks.rivals;

import java.util.Optional;

/**
 * Finds a rival that uses a preview of one JDK. On another it was not compiled, or its classes are refused, or the API has
 * changed since. Not in {@link Rivals}: its task would wait, in a thread of its own, until that class has all its rivals.
 */
final class PreviewRival {
    private PreviewRival() {}

    /**
     * Finds one.
     *
     * @param type its class's simple name
     * @return the rival, which has run one task; empty, and said so, if this JDK has no such rival
     * @throws IllegalStateException it is there, and cannot run a task
     */
    static Optional<Rival> named(String type) {
        try {
            Rival rival = (Rival) Class.forName(PreviewRival.class.getPackageName() + ".preview." + type)
                    .getConstructor()
                    .newInstance();
            rival.all(1, () -> true); // loads what it uses
            return Optional.of(rival);
        } catch (ClassNotFoundException | LinkageError absent) {
            System.err.println("left out on JDK " + Runtime.version().feature() + ": " + type + " (" + absent + ")");
            return Optional.empty();
        } catch (Exception broken) {
            throw new IllegalStateException(type + ": must run one task", broken);
        }
    }
}
