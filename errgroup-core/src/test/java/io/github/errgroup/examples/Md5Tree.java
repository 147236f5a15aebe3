package io.github.errgroup.examples;

import io.github.errgroup.ErrGroup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.SynchronousQueue;
import java.util.stream.Stream;

/**
 * The MD5 sum of every file below a folder: one task walks the tree, a fixed number of others read and digest what it
 * finds.
 */
public final class Md5Tree {
    private static final int DIGESTERS = 20;

    private Md5Tree() {}

    public static Map<Path, String> sums(Path root) throws IOException, InterruptedException {
        BlockingQueue<Optional<Path>> paths = new SynchronousQueue<>(); // an empty Optional is the end
        Map<Path, String> sums = new ConcurrentHashMap<>();
        try (ErrGroup group = ErrGroup.open(o -> o.name("md5"))) {
            group.go("walk", () -> {
                try (Stream<Path> tree = Files.walk(root)) {
                    Iterator<Path> files = tree.filter(Files::isRegularFile).iterator();
                    while (files.hasNext()) {
                        paths.put(Optional.of(files.next()));
                    }
                }
                for (int i = 0; i < DIGESTERS; i++) {
                    paths.put(Optional.empty());
                }
            });
            for (int i = 0; i < DIGESTERS; i++) {
                group.go("digest", () -> {
                    for (Optional<Path> path = paths.take(); path.isPresent(); path = paths.take()) {
                        sums.put(path.get(), md5(Files.readAllBytes(path.get())));
                    }
                });
            }
            group.await(IOException.class);
        }
        return sums;
    }

    private static String md5(byte[] content) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(content));
    }
}
