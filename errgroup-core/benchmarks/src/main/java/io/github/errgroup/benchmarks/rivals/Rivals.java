package io.github.errgroup.benchmarks.rivals;

import java.util.List;
import java.util.stream.Stream;

/** All rivals. */
public final class Rivals {
    /** The id of the reference of every ratio. */
    public static final String REFERENCE = "by-hand";

    private static final List<Named> NAMED = List.of(
            new ByHand(),
            Groups.freshThreads(),
            Groups.reusedThreads(),
            PreviewRival.STRUCTURED_SCOPE,
            new InvokeAll(),
            new FuturesOnVirtualThreads(),
            new FuturesOnCommonPool(),
            new GuavaAllAsList(),
            PreviewRival.JOX,
            new ParallelCollectorsStream(),
            new SpringExecutor(),
            Groups.platformThreads(),
            SemaphorePool.platformThreads(),
            SemaphorePool.virtualThreads(),
            new QueuedPool());

    private static final List<Rival> ALL =
            NAMED.stream().flatMap(Rivals::runnable).toList();

    private Rivals() {}

    private static Stream<Rival> runnable(Named named) {
        return named instanceof PreviewRival preview ? preview.find().stream() : Stream.of((Rival) named);
    }

    /**
     * All of them that this JDK can run.
     *
     * @return the reference first, then ours, then the others
     */
    public static List<Rival> all() {
        return ALL;
    }

    /**
     * The ids of all of them, also of those that this JDK cannot run.
     *
     * @return in the order of {@link #all()}
     */
    public static List<String> ids() {
        return NAMED.stream().map(Named::id).toList();
    }

    /**
     * One of them that this JDK can run.
     *
     * @param id its {@link Rival#id()}
     * @return the rival
     * @throws IllegalArgumentException if there is none of that id
     */
    public static Rival named(String id) {
        return in(ALL, id);
    }

    /**
     * What pictures and tables call one of them, also one that this JDK cannot run.
     *
     * @param id its {@link Rival#id()}
     * @return its title
     * @throws IllegalArgumentException if there is none of that id
     */
    public static String title(String id) {
        return in(NAMED, id).title();
    }

    private static <N extends Named> N in(List<N> all, String id) {
        return all.stream()
                .filter(named -> named.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("rival '" + id + "': must be one of "
                        + all.stream().map(Named::id).toList()));
    }
}
