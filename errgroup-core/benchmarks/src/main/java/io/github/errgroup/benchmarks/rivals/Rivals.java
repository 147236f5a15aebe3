package io.github.errgroup.benchmarks.rivals;

import java.util.List;
import java.util.stream.Stream;

/** All rivals. */
public final class Rivals {
    /** The id of the reference of every ratio. */
    public static final String REFERENCE = "by-hand";

    private static final List<Rival> ALL = Stream.of(
                    Stream.of(new ByHand(), Groups.freshThreads(), Groups.reusedThreads()),
                    PreviewRival.named("StructuredScope").stream(),
                    Stream.of(
                            new InvokeAll(),
                            new FuturesOnVirtualThreads(),
                            new FuturesOnCommonPool(),
                            new GuavaAllAsList()),
                    PreviewRival.named("JoxScope").stream(),
                    Stream.of(
                            new ParallelCollectorsStream(),
                            new SpringExecutor(),
                            Groups.platformThreads(),
                            SemaphorePool.platformThreads(),
                            SemaphorePool.virtualThreads(),
                            new QueuedPool()))
            .<Rival>flatMap(rivals -> rivals)
            .toList();

    private Rivals() {}

    /**
     * All of them that this JDK can run.
     *
     * @return the reference first, then ours, then the others
     */
    public static List<Rival> all() {
        return ALL;
    }

    /**
     * One of them.
     *
     * @param id its {@link Rival#id()}
     * @return the rival
     * @throws IllegalArgumentException if there is none of that id
     */
    public static Rival named(String id) {
        return ALL.stream()
                .filter(rival -> rival.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("rival '" + id + "': must be one of "
                        + ALL.stream().map(Rival::id).toList()));
    }
}
