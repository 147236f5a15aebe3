package io.github.errgroup.benchmarks.rivals;

import java.util.Optional;

/**
 * A rival that uses a preview of one JDK. On another it was not compiled, or its classes are refused, or the API has changed
 * since; figures of it can be shown all the same. Not in {@link Rivals}: its task would wait, in a thread of its own, until
 * that class has all its rivals.
 */
public enum PreviewRival implements Named {
    /** The JDK's structured concurrency. */
    STRUCTURED_SCOPE("StructuredScope", "structured-task-scope", "StructuredTaskScope"),

    /** A library on top of it. */
    JOX("JoxScope", "jox", "jox supervised scope");

    private final String type;
    private final String id;
    private final String title;

    PreviewRival(String type, String id, String title) {
        this.type = type;
        this.id = id;
        this.title = title;
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public String title() {
        return title;
    }

    /**
     * Finds it.
     *
     * @return the rival, which has run one task; empty, and said so, if this JDK has no such rival
     * @throws IllegalStateException it is there, and cannot run a task
     */
    Optional<Rival> find() {
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
