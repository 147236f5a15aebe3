package io.github.errgroup.examples;

import io.github.errgroup.ErrGroup;
import io.github.errgroup.ThrowingConsumer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;

/** A long list, a few at a time: the list is read as slots become free, and no further once one item failed. */
public final class Thumbnails {
    private final ThrowingConsumer<Path> scaleDown;

    public Thumbnails(ThrowingConsumer<Path> scaleDown) {
        this.scaleDown = scaleDown;
    }

    public void make(Stream<Path> pictures) throws IOException, InterruptedException {
        try (ErrGroup group = ErrGroup.open(o -> o.name("thumbnails").limit(4))) {
            group.forEach(pictures, scaleDown); // blocks while four are at work
            group.await(IOException.class); // an IOException comes out as itself
        }
    }
}
